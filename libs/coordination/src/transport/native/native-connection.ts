import { settledWithin } from '../../waiting/abortable.js';
import type { Transport, TransportOptions, WatchEventType } from '../transport.js';
import type { Resolver } from '@atalaya/zookeeper-wire';
import { Addresses } from '../addresses.js';
import { CONNECTED, newNativeHandle, type NativeHandle, WAITING } from './binding.js';
import { closedAfterAnswer } from './close-native-handle.js';
import type { DeliveryQueue } from './delivery-queue.js';
import { sessionIdOf } from './native-stat.js';
import { ServerRotation } from './server-rotation.js';
import { AUTHENTICATION_FAILED, CONNECTION_LOSS, OK, SESSION_EXPIRED, type Ending } from '../result-codes.js';

const resolveRetryMs = 1_000;
/** On a busy machine a server that works may take this long to answer. */
const minAttemptMs = 250;

const watchEvents: Readonly<Record<string, WatchEventType>> = {
  created: 'created',
  deleted: 'deleted',
  changed: 'changed',
  child: 'child',
  notwatching: 'removed',
};

export interface NativeConnectionSettings {
  readonly resolver: Resolver;
  readonly queue: DeliveryQueue;
  /** The native object is gone, by an expiry or a close: nothing will be answered any more. */
  readonly onGone: (ending: Ending) => void;
}

/**
 * The life of one session in native objects: one for each connection, each taking the session up by its id and
 * password.
 *
 * A native object is closed in the same instant in which it loses its connection or fails to connect. It would otherwise
 * keep polling a descriptor that is closed already: the event loop aborts the process when it comes to register it, or
 * the end of the polling takes the events from whatever socket has got that number by then, which hangs for ever. And
 * left to itself it would try again only at multiples of a third of the session timeout, at the addresses that it was
 * given at first.
 */
export class NativeConnection {
  readonly #options: TransportOptions;
  readonly #settings: NativeConnectionSettings;
  readonly #lookedUp: Addresses;
  #handle: NativeHandle | undefined;
  #session: Transport['session'];
  #ending: Ending = 'open';
  #giveUp = false;
  #connected = false;
  readonly #rotation = new ServerRotation();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TransportOptions, settings: NativeConnectionSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#lookedUp = new Addresses(options.servers, settings.resolver);
    void this.#tryNext();
  }

  /**
   * Sends by the native object; its result code. Without one, while cut off, the code of a connection loss.
   *
   * Where the connection turns out to be broken, the native client closes its socket without an event.
   */
  send(operation: (handle: NativeHandle) => number): number {
    const handle = this.#handle;
    // Between two connections nothing is sent ahead of the synchronisation that makes the next one current.
    if (!handle || (this.#session && !this.#connected)) return CONNECTION_LOSS;
    const code = operation(handle);
    if (this.#connected && handle.state !== CONNECTED) this.#onDisconnect(handle);
    return code;
  }

  get session(): Transport['session'] {
    return this.#session;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get ending(): Ending {
    return this.#ending;
  }

  /** From now on no event is emitted any more. */
  giveUp(): void {
    this.#giveUp = true;
    clearTimeout(this.#timer);
  }

  /**
   * Ends the session. The native client waits for its server when it closes, and holds up the event loop meanwhile: one
   * that has not answered within `patienceMs` is waited for in the background, until it answers or is given up.
   */
  async close(patienceMs: number): Promise<void> {
    this.giveUp();
    if (this.#ending !== 'open') return;
    this.#ending = 'closed';
    const handle = this.#handle;
    if (!handle) return;
    if (!this.#connected) {
      await nextTurn();
      handle.close();
      return;
    }
    const closed = closedAfterAnswer(handle);
    await settledWithin(closed, patienceMs);
  }

  /** Connects to the next server, by a native object of its own. */
  async #tryNext(): Promise<void> {
    const { events } = this.#options;
    try {
      this.#rotation.addresses = await this.#lookedUp.lookUp();
    } catch (error) {
      if (this.#isGivenUp()) return;
      events.attemptFailed(error as Error);
      this.#tryAfter(resolveRetryMs);
      return;
    }
    let handle: NativeHandle;
    try {
      handle = await newNativeHandle();
    } catch (error) {
      if (!this.#isGivenUp()) events.failed(error as Error);
      return;
    }
    // Given up in the meantime: a handle that was never initialised has nothing to close.
    if (this.#isGivenUp()) return;
    try {
      this.#initialise(handle);
    } catch (error) {
      events.attemptFailed(error as Error);
      this.#tryAfter(resolveRetryMs);
    }
  }

  #tryAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tryNext(), ms);
  }

  /** Behind a method since the compiler does not know that the field changes during an `await`. */
  #isGivenUp(): boolean {
    return this.#giveUp;
  }

  /** Exactly once for each handle: a second `init` would leak a session. */
  #initialise(handle: NativeHandle): void {
    const { sessionTimeoutMs, auth } = this.#options;
    const resume = this.#session ?? this.#options.resume;
    handle.emit = (event, _handle, argument) => {
      this.#onNativeEvent(handle, event, argument);
    };
    const result = handle.init({
      connect: this.#rotation.next(),
      timeout: sessionTimeoutMs,
      // 0 turns the client's own log on stderr and stdout off.
      debug_level: 0,
      host_order_deterministic: false,
      // Its default of 10 takes eleven partial reads in a row, as of one 800 kB value, for an expiry.
      response_counter_limit: 2_147_483_647,
      ...(resume ? { client_id: resume.id.toString(16), client_password: resume.password } : {}),
    });
    if (result instanceof Error) throw result;
    this.#handle = handle;
    if (auth) handle.add_auth('digest', `${auth.user}:${auth.password}`, () => {});
    const failed = () => {
      if (this.#handle === handle && !this.#connected && this.#ending === 'open')
        this.#onAttemptFailed(handle);
    };
    // Of an attempt that fails the native client emits no event. It fails what was asked in the meantime, though: so a
    // read is asked, whose failure comes in the instant in which the descriptor is closed.
    handle.a_exists('/', false, failed);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(failed, this.#attemptTimeoutMs());
    if (WAITING.includes(handle.state)) failed();
  }

  /** Short enough for every server to have its turn within a session, and for no attempt to be given up natively. */
  #attemptTimeoutMs(): number {
    const { sessionTimeoutMs } = this.#options;
    const turnMs = sessionTimeoutMs / Math.max(2, this.#rotation.addresses.length);
    return Math.min(Math.max(turnMs, minAttemptMs), sessionTimeoutMs / 2);
  }

  #onAttemptFailed(handle: NativeHandle): void {
    this.#discard(handle);
    this.#tryAfter(this.#rotation.failed());
  }

  #onNativeEvent(handle: NativeHandle, event: string, argument: unknown): void {
    const watch = watchEvents[event];
    if (watch) {
      const path = String(argument);
      this.#announce(() => {
        this.#options.events.watch(watch, path);
      });
    } else if (event === 'connect') this.#onConnect();
    else if (event === 'connecting') {
      this.#onDisconnect(handle);
    } else if (event === 'close') this.#onClose(Number(argument));
  }

  #onDisconnect(handle: NativeHandle): void {
    this.#discard(handle);
    this.#connected = false;
    this.#tryAfter(0);
    this.#announce(() => {
      this.#options.events.disconnected();
    });
  }

  #onConnect(): void {
    if (!this.#handle) return;
    const { client_id: id, client_password: password, timeout: timeoutMs } = this.#handle;
    const session = { id: sessionIdOf(id), password, timeoutMs };
    clearTimeout(this.#timer);
    const resumed = this.#session !== undefined;
    this.#session = session;
    this.#connected = true;
    this.#rotation.connected();
    const connected = () => {
      this.#announce(() => {
        this.#options.events.connected(session);
      });
    };
    if (resumed) this.#synchronise(this.#handle, connected);
    else connected();
  }

  /**
   * The native client does not present the last transaction id that its session has seen, so a server that lags behind
   * it is accepted: it has to catch up with the leader before anything is read. What is sent after this is answered
   * after it.
   */
  #synchronise(handle: NativeHandle, done: () => void): void {
    this.send(() =>
      handle.a_sync('/', (code) => {
        if (code === OK && this.#handle === handle && this.#connected) done();
      }),
    );
  }

  #onClose(code: number): void {
    // At once, since answers that come with it are distinguished by it.
    if (this.#ending === 'open') this.#ending = code === SESSION_EXPIRED ? 'expired' : 'closed';
    clearTimeout(this.#timer);
    this.#connected = false;
    this.#settings.queue.push(() => {
      this.#settings.onGone(this.#ending);
    });
    this.#announce(() => {
      if (code === AUTHENTICATION_FAILED) this.#options.events.authenticationFailed();
      else this.#options.events.expired();
    });
  }

  #announce(event: () => void): void {
    this.#settings.queue.push(() => {
      if (!this.#giveUp) event();
    });
  }

  /** Not being connected, it closes without a word to the servers: the session lives on. */
  #discard(handle: NativeHandle): void {
    handle.emit = () => {};
    handle.close();
    if (this.#handle === handle) this.#handle = undefined;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
