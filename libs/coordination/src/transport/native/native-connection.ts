import { parseConnectString, type ServerAddress } from '../connect-string.js';
import type { Transport, TransportOptions, WatchEventType } from '../transport.js';
import { resolveServers, type Resolver } from './addresses.js';
import { newNativeHandle, type NativeHandle } from './binding.js';
import type { DeliveryQueue } from './delivery-queue.js';
import { sessionIdOf } from './native-stat.js';
import { AUTHENTICATION_FAILED, CONNECTION_LOSS, SESSION_EXPIRED, type Ending } from './result-codes.js';

const resolveRetryMs = 1_000;
/** States of the native client: in the first two it has no socket and waits to try again. */
const WAITING: readonly number[] = [0, 999];
const CONNECTED = 3;
const firstNudgeMs = 50;
const maxNudgeMs = 500;

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
 * A native object is closed in the same instant in which it loses its connection. It would otherwise keep polling a
 * descriptor that is closed already: the event loop aborts the process when it comes to register it, or hands the
 * events of whatever socket gets that number next to the wrong one. The same holds for one that gives up an attempt to
 * connect by itself, so none is left that long. And left to itself it would try again only at multiples of a third of
 * the session timeout, at the addresses that it was given at first.
 */
export class NativeConnection {
  readonly #options: TransportOptions;
  readonly #settings: NativeConnectionSettings;
  readonly #servers: readonly ServerAddress[];
  #handle: NativeHandle | undefined;
  #session: Transport['session'];
  #ending: Ending = 'open';
  #giveUp = false;
  #connected = false;
  #addresses = '';
  #nudgeTimer: NodeJS.Timeout | undefined;
  #handleSinceMs = 0;

  constructor(options: TransportOptions, settings: NativeConnectionSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#servers = parseConnectString(options.hosts).servers;
    void this.#begin();
  }

  /**
   * Sends by the native object; its result code. Without one, while cut off, the code of a connection loss.
   *
   * Where the connection turns out to be broken, the native client closes its socket and tells nobody.
   */
  send(operation: (handle: NativeHandle) => number): number {
    const handle = this.#handle;
    if (!handle) return CONNECTION_LOSS;
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

  /** From now on nothing is told any more. */
  giveUp(): void {
    this.#giveUp = true;
    clearTimeout(this.#nudgeTimer);
  }

  /** Never from inside a callback of the native client: the session would outlive it. Blocks for a few milliseconds. */
  close(): void {
    this.giveUp();
    if (this.#ending !== 'open') return;
    this.#ending = 'closed';
    this.#handle?.close();
  }

  async #begin(): Promise<void> {
    const { events } = this.#options;
    try {
      const handle = await newNativeHandle();
      while (!this.#isGivenUp()) {
        try {
          this.#addresses = await resolveServers(this.#servers, this.#settings.resolver);
          // Given up in the meantime: a handle that was never initialised has nothing to close.
          if (!this.#isGivenUp()) {
            this.#initialise(handle);
            this.#nudgeAfter(firstNudgeMs);
          }
          return;
        } catch (error) {
          if (!this.#isGivenUp()) events.attemptFailed(error as Error);
          await new Promise((resolve) => setTimeout(resolve, resolveRetryMs).unref());
        }
      }
    } catch (error) {
      if (!this.#isGivenUp()) events.failed(error as Error);
    }
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
      connect: this.#addresses,
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
    this.#handleSinceMs = performance.now();
    if (auth) handle.add_auth('digest', `${auth.user}:${auth.password}`, () => {});
  }

  #onNativeEvent(handle: NativeHandle, event: string, argument: unknown): void {
    const watch = watchEvents[event];
    if (watch) {
      const path = String(argument);
      this.#tell(() => {
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
    this.#nudgeAfter(0);
    this.#tell(() => {
      this.#options.events.disconnected();
    });
  }

  #onConnect(): void {
    if (!this.#handle) return;
    const { client_id: id, client_password: password, timeout: timeoutMs } = this.#handle;
    const session = { id: sessionIdOf(id), password, timeoutMs };
    clearTimeout(this.#nudgeTimer);
    this.#session = session;
    this.#connected = true;
    this.#tell(() => {
      this.#options.events.connected(session);
    });
  }

  #onClose(code: number): void {
    // At once, since answers that come with it are told apart by it.
    if (this.#ending === 'open') this.#ending = code === SESSION_EXPIRED ? 'expired' : 'closed';
    clearTimeout(this.#nudgeTimer);
    this.#connected = false;
    this.#settings.queue.push(() => {
      this.#settings.onGone(this.#ending);
    });
    this.#tell(() => {
      if (code === AUTHENTICATION_FAILED) this.#options.events.authenticationFailed();
      else this.#options.events.expired();
    });
  }

  #tell(event: () => void): void {
    this.#settings.queue.push(() => {
      if (!this.#giveUp) event();
    });
  }

  #nudgeAfter(ms: number): void {
    clearTimeout(this.#nudgeTimer);
    if (this.#isCutOff()) this.#nudgeTimer = setTimeout(() => void this.#nudge(ms), ms);
  }

  /** While cut off: tries again in place of the native client that waits, at addresses resolved anew. */
  async #nudge(waitedMs: number): Promise<void> {
    if (this.#isIdle()) {
      try {
        this.#addresses = await resolveServers(this.#servers, this.#settings.resolver);
      } catch {
        // An outage of the name server: the addresses known so far stay in use.
      }
      try {
        if (this.#isCutOff() && this.#isIdle()) await this.#renewHandle();
      } catch (error) {
        this.#options.events.attemptFailed(error as Error);
      }
    }
    this.#nudgeAfter(Math.min(Math.max(waitedMs * 2, firstNudgeMs), maxNudgeMs));
  }

  /** Whether nothing is under way to connect, or for so long that the native client is about to give it up. */
  #isIdle(): boolean {
    if (this.#handle === undefined || WAITING.includes(this.#handle.state)) return true;
    return performance.now() - this.#handleSinceMs > this.#options.sessionTimeoutMs / 2;
  }

  async #renewHandle(): Promise<void> {
    if (this.#handle) this.#discard(this.#handle);
    const handle = await newNativeHandle();
    if (!this.#giveUp) this.#initialise(handle);
  }

  /** Not being connected, it closes without telling the servers: the session lives on. */
  #discard(handle: NativeHandle): void {
    handle.emit = () => {};
    handle.close();
    if (this.#handle === handle) this.#handle = undefined;
  }

  #isCutOff(): boolean {
    return !this.#connected && !this.#giveUp && this.#ending === 'open';
  }
}
