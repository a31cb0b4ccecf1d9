import type { ConnectionOptions } from 'node:tls';
import { CoordinationError } from '../errors/coordination-error.js';
import type { Logger } from '../observability/logger.js';
import type { Meter } from '../observability/meter.js';
import { retryDelayMs, type RetryPolicy } from '../retry/retry-policy.js';
import { formatServers, parseConnectString, type ServerAddress } from '../transport/connect-string.js';
import type { Credentials, SaslCredentials, Transport, TransportFactory } from '../transport/transport.js';
import { abortable } from '../waiting/abortable.js';
import { deferred, type Deferred } from '../waiting/deferred.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { Listeners } from '../waiting/listeners.js';
import type { ConnectionState } from './connection-state.js';
import type { Disposer } from '../waiting/disposer.js';
import { Heartbeat } from './heartbeat.js';
import { OutageLog } from './outage-log.js';
import { Session } from './session.js';
import { WindDown } from './wind-down.js';

export interface SessionKeeperOptions {
  readonly hosts: string;
  readonly sessionTimeoutMs: number;
  readonly auth?: Credentials | undefined;
  readonly sasl?: SaslCredentials | undefined;
  readonly tls?: ConnectionOptions | true | undefined;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly retry: RetryPolicy;
  readonly transport: TransportFactory;
}

const stateNumbers: Readonly<Record<ConnectionState, number>> = {
  connecting: 0,
  connected: 1,
  suspended: 2,
  lost: 3,
  closed: 4,
};

/** How long the first connection may take before it is logged that it takes long. */
const quietStartMs = 2_000;
/** How long the winding down of recipes may hold up `close`. */
const windDownMs = 10_000;
/** A server can list the znodes of a dead session a little longer, never those of so many sessions ago. */
const rememberedSessions = 64;

/**
 * Keeps a session: opens one, reports the state of the connection, and opens another after an expiry.
 *
 * ```
 * connecting ──connected──▶ connected ──cut off──▶ suspended ──timeout since the last contact──▶ lost
 *                               ▲                      │                                          │
 *                               ├──same session────────┴──────────────────────────────────────────┤
 *                               └──new session◀───────────expiry said by a server (lost)──────────┘
 * ```
 *
 * The timeout counts from the sending of the last acknowledged operation, on the monotonic clock. A loss found by it is
 * a local verdict: the servers may have been away themselves and give the same session back. Only a server's word ends
 * a session.
 */
export class SessionKeeper {
  readonly logger: Logger;
  readonly meter: Meter;
  readonly retry: RetryPolicy;
  /** Aborts when `close` is called, before anything else is done. */
  readonly closing: AbortSignal;

  readonly #options: SessionKeeperOptions;
  readonly #servers: readonly ServerAddress[];
  /** The same, for people. */
  readonly #hosts: string;
  readonly #chroot: string;
  readonly #outage: OutageLog;
  readonly #stateListeners: Listeners<[ConnectionState]>;
  readonly #windDown = new WindDown();
  readonly #heartbeat = new Heartbeat(() => this.#state === 'connected');
  readonly #closingController = new AbortController();
  #state: ConnectionState = 'connecting';
  #transport: Transport | undefined;
  #session: Session | undefined;
  #usedSessionIds: bigint[] = [];
  #ready: Deferred<Session> = deferred();
  #failedOpenings = 0;
  #watches = 0;
  #lostTimer: NodeJS.Timeout | undefined;
  #reopenTimer: NodeJS.Timeout | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SessionKeeperOptions) {
    const { servers, chroot } = parseConnectString(options.hosts);
    this.#options = options;
    this.#servers = servers;
    this.#hosts = formatServers(servers);
    this.#chroot = chroot;
    this.logger = options.logger;
    this.meter = options.meter;
    this.retry = options.retry;
    this.closing = this.#closingController.signal;
    this.#outage = new OutageLog(options.logger, this.#hosts);
    this.#stateListeners = new Listeners((error) => {
      options.logger.error({ err: error }, 'A listener of the connection state threw');
    });
    this.#startTimer = setTimeout(() => {
      this.#outage.failed('ZooKeeper cannot be reached');
    }, quietStartMs);
    this.#open();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The current session, or the latest while there is none. */
  get latestSession(): Session | undefined {
    return this.#session;
  }

  get sessionTimeoutMs(): number {
    return this.#session?.timeoutMs ?? this.#options.sessionTimeoutMs;
  }

  /** Whether a session of that id was ever this client's own, the current one included. */
  wasOwnSession(id: bigint): boolean {
    return this.#usedSessionIds.includes(id);
  }

  onState(listener: (state: ConnectionState) => void): Disposer {
    return this.#stateListeners.add(listener);
  }

  /** The session, as soon as it is connected. */
  session(signal?: AbortSignal): Promise<Session> {
    return abortable(this.#ready.promise, signal);
  }

  /** Resolves when that session is connected; rejects with the reason of its end. */
  async usable(session: Session, signal?: AbortSignal): Promise<void> {
    using either = linkedSignal(session.ended, signal);
    await this.session(either.signal);
    session.ended.throwIfAborted();
  }

  /** While somebody holds a lease, by the znode of that path, each heartbeat goes through a quorum. */
  holdLease(path: string): Disposer {
    return this.#heartbeat.holdLease(path);
  }

  /** Called once at `close`, while the session can still be used, and awaited. */
  beforeClose(closer: () => Promise<void>): Disposer {
    return this.#windDown.add(closer);
  }

  close(reason?: CoordinationError): Promise<void> {
    this.#closed ??= this.#close(
      reason ?? new CoordinationError('CLIENT_CLOSED', 'The client was closed: create another one to go on'),
    );
    return this.#closed;
  }

  #open(): void {
    // Events of a transport that was given up are not heard any more.
    const current = (): boolean => this.#transport === transport;
    const transport = this.#options.transport({
      servers: this.#servers,
      sessionTimeoutMs: this.#options.sessionTimeoutMs,
      auth: this.#options.auth,
      sasl: this.#options.sasl,
      tls: this.#options.tls,
      events: {
        connected: (opened) => {
          if (current()) this.#onConnected(transport, opened);
        },
        disconnected: () => {
          if (current()) this.#onDisconnected();
        },
        expired: () => {
          if (current()) this.#onExpired();
        },
        authenticationFailed: (reason) => {
          if (current()) this.#onAuthenticationFailed(reason);
        },
        watch: (type, path) => {
          if (current()) this.#session?.dispatchWatch(type, path);
        },
        contact: (contact) => {
          if (current()) this.#session?.noteContact(contact);
        },
        attemptFailed: (error) => {
          if (current()) this.#outage.failed('ZooKeeper cannot be reached', error);
        },
        failed: (error) => {
          if (current()) this.#onFailed(error);
        },
      },
    });
    this.#transport = transport;
  }

  #onConnected(transport: Transport, opened: { readonly id: bigint; readonly timeoutMs: number }): void {
    clearTimeout(this.#startTimer);
    clearTimeout(this.#lostTimer);
    this.#failedOpenings = 0;
    const resumed = this.#session !== undefined && !this.#session.ended.aborted;
    if (resumed) {
      this.meter.increment('reconnects');
    } else {
      this.#adoptSession(transport, opened);
    }
    this.#outage.recovered();
    if (this.#session) this.#ready.resolve(this.#session);
    this.#become('connected');
  }

  #adoptSession(transport: Transport, opened: { readonly id: bigint; readonly timeoutMs: number }): void {
    this.#session = new Session(
      transport,
      {
        chroot: this.#chroot,
        restrictAccess: this.#options.auth !== undefined,
        onWatchCount: (change) => {
          this.#watches += change;
          this.meter.set('watchesPending', this.#watches);
        },
      },
      opened,
    );
    this.#usedSessionIds = [...this.#usedSessionIds.slice(1 - rememberedSessions), opened.id];
    this.meter.increment('sessionsEstablished');
    this.logger.info(
      { sessionId: `0x${opened.id.toString(16)}`, sessionTimeoutMs: opened.timeoutMs, hosts: this.#hosts },
      'ZooKeeper session established',
    );
    this.#heartbeat.start(this.#session);
  }

  #onDisconnected(): void {
    if (this.#state !== 'connected') return;
    this.#ready = deferred();
    const session = this.#session;
    if (session) {
      const lostAtMs = session.lastContact.sentAtMs + session.timeoutMs;
      clearTimeout(this.#lostTimer);
      this.#lostTimer = setTimeout(
        () => {
          if (this.#state === 'suspended') this.#become('lost');
        },
        Math.max(0, lostAtMs - performance.now()),
      );
    }
    this.#outage.failed('The connection to ZooKeeper is interrupted');
    this.#become('suspended');
  }

  #onExpired(): void {
    clearTimeout(this.#lostTimer);
    this.#heartbeat.stop();
    if (this.#state === 'connected') this.#ready = deferred();
    const session = this.#session;
    if (session && !session.ended.aborted) {
      this.logger.warn(
        { sessionId: `0x${session.id.toString(16)}` },
        'The ZooKeeper session expired: its ephemeral znodes are gone; a new session is opened',
      );
      session.finish(
        new CoordinationError('SESSION_EXPIRED', `The session 0x${session.id.toString(16)} expired`),
      );
    }
    this.#giveUpTransport();
    this.#become(session ? 'lost' : 'connecting');
    const waitMs = this.#failedOpenings === 0 ? 0 : retryDelayMs(this.retry, this.#failedOpenings);
    this.#failedOpenings += 1;
    this.#reopenTimer = setTimeout(() => {
      this.#open();
    }, waitMs);
  }

  #onAuthenticationFailed(reason: Error | undefined): void {
    this.logger.error(
      { hosts: this.#hosts, err: reason },
      'ZooKeeper refused the credentials: the client is closed',
    );
    const { auth, sasl } = this.#options;
    const user = auth?.user ?? sasl?.username ?? '';
    const why = reason ? `: ${reason.message}` : '';
    void this.close(
      new CoordinationError(
        'AUTHENTICATION_FAILED',
        `ZooKeeper at ${this.#hosts} refused the credentials of user "${user}"${why}`,
        { cause: reason },
      ),
    );
  }

  #onFailed(error: Error): void {
    this.logger.error({ err: error }, 'The ZooKeeper client cannot work: it is closed');
    void this.close(
      error instanceof CoordinationError
        ? error
        : new CoordinationError('UNSUPPORTED', 'The ZooKeeper client cannot work', { cause: error }),
    );
  }

  #giveUpTransport(): void {
    const transport = this.#transport;
    this.#transport = undefined;
    transport?.close().catch((error: unknown) => {
      this.logger.debug({ err: error }, 'Closing a spent transport failed');
    });
  }

  #become(state: ConnectionState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.meter.set('sessionState', stateNumbers[state]);
    this.#stateListeners.emit(state);
  }

  async #close(reason: CoordinationError): Promise<void> {
    clearTimeout(this.#startTimer);
    // Begun before the signal aborts: what it aborts takes its own closer off.
    const isWoundDown = this.#windDown.begin();
    this.#closingController.abort(reason);
    if (!(await isWoundDown(windDownMs))) {
      this.logger.warn(
        { windDownMs },
        'Work goes on although its client is closed: its session is ended all the same',
      );
    }
    clearTimeout(this.#lostTimer);
    clearTimeout(this.#reopenTimer);
    this.#heartbeat.stop();
    const transport = this.#transport;
    this.#transport = undefined;
    if (this.#state === 'connected') this.#ready = deferred();
    this.#ready.reject(reason);
    // First the transport, so that operations under way are answered; what waits on the session's end comes after.
    await transport?.close();
    this.#session?.finish(reason);
    this.#become('closed');
    this.#stateListeners.clear();
  }
}
