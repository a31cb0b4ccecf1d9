import { type ConnectResponse, type Operation, type WatchEvent } from '@atalaya/zookeeper-protocol';
import { systemResolver } from '../addresses/host-name.js';
import { retryDelayMs } from '../addresses/retry-delay.js';
import { type Endpoint, ServerList } from '../addresses/server-list.js';
import { exchange } from '../connection/exchange.js';
import { openSocket } from '../connection/open-socket.js';
import { RequestNumbers } from '../connection/request-numbers.js';
import { ServerConnection } from '../connection/server-connection.js';
import { type Answer, WireError } from '../errors/wire-error.js';
import { WatchTable } from '../watches/watch-table.js';
import { type Capabilities } from './capabilities.js';
import { introduce, setWatchesAgain } from './introduce.js';
import { KnownCapabilities } from './known-capabilities.js';
import { leaveForWritable } from './leave-for-writable.js';
import { type ResolvedOptions } from './resolved-options.js';
import { SessionIdentity } from './session-identity.js';
import { type SessionEvents } from './session-events.js';
import { type AuthInfo, type SessionOptions } from './session-options.js';
import { SessionStatus } from './session-status.js';

/** A connection that breaks sooner counts as an attempt that failed, or a server that drops clients would be stormed. */
const LEAST_LIFE_MS = 1_000;
/** Far below what servers take in one request. */
const WATCHES_BATCH_BYTES = 128 * 1024;

/** How an attempt ended: the session was served, or not, or the same server is to be asked again. */
type Outcome = 'served' | 'failed' | 'again';

/** What the keeper passes on of watches, by the servers' paths. */
export interface WatchListener {
  fired(event: WatchEvent): void;
  removed(paths: readonly string[]): void;
}

/** Keeps a session on one connection after the other, until it is closed or a server says that it is over. */
export class SessionKeeper {
  readonly watches = new WatchTable();
  readonly #auth: AuthInfo[];
  readonly #events: SessionEvents;
  readonly #servers: ServerList;
  readonly #known = new KnownCapabilities();
  readonly #numbers: RequestNumbers;
  readonly status = new SessionStatus();
  readonly identity: SessionIdentity;
  /** What watches have seen, as long as they are not set again; undefined while they are set. */
  #watchedUntilZxid: bigint | undefined;
  /** The one that is being opened, or serves. */
  #connection: ServerConnection | undefined;
  #lost: Endpoint | undefined;
  #stopWaiting: (() => void) | undefined;

  constructor(
    private readonly options: SessionOptions,
    private readonly resolved: ResolvedOptions,
    private readonly watchListener: WatchListener,
  ) {
    this.#events = options.events ?? {};
    this.#auth = [...(options.auth ?? [])];
    this.identity = new SessionIdentity(options.resume);
    this.#numbers = new RequestNumbers({ resumed: options.resume !== undefined });
    this.#servers = new ServerList(resolved.servers, options.resolver ?? systemResolver);
    void this.#run();
  }

  /** The connection that serves the session. */
  get serving(): ServerConnection | undefined {
    return this.status.state === 'connected' ? this.#connection : undefined;
  }

  /** Of the server that serves the session now. */
  get capabilities(): Capabilities | undefined {
    return this.serving && this.#known.of(this.serving.endpoint);
  }

  /** On the connections to come the session is authenticated so too. */
  addAuth(info: AuthInfo): void {
    this.#auth.push(info);
  }

  /** Ends the session, within a round trip where a server can be reached; elsewhere it is left to expire. */
  async close(timeoutMs: number): Promise<void> {
    if (this.status.isOver()) return;
    this.status.enter('closed');
    this.#stopWaiting?.();
    const connection = this.#connection;
    if (!connection) return;
    if (!connection.asked) {
      connection.leave(closedError());
      return;
    }
    const timer = setTimeout(() => {
      connection.leave(closedError());
    }, timeoutMs);
    // Otherwise the server's greeting does it, or nobody would end the session that it has begun.
    if (connection.greeted) this.#endSession(connection);
    await connection.ended;
    clearTimeout(timer);
  }

  #endSession(connection: ServerConnection): void {
    const leave = () => {
      connection.leave(closedError());
    };
    exchange(connection, 'closeSession', {}).then(leave, leave);
  }

  async #run(): Promise<void> {
    for (let failedRounds = 0; !this.status.isOver();) {
      await this.#wait(retryDelayMs(failedRounds, this.resolved.retry, Math.random()));
      failedRounds = (await this.#round()) ? 0 : failedRounds + 1;
    }
  }

  /**
   * Each server in turn, until one has served the session: then it begins anew with all. One without a quorum will do
   * where that was said and no other serves.
   */
  async #round(): Promise<boolean> {
    const endpoints = await this.#endpoints();
    for (const readOnly of this.options.readOnly ? [false, true] : [false]) {
      for (const endpoint of endpoints) {
        let outcome: Outcome = 'again';
        while (outcome === 'again' && !this.status.isOver())
          outcome = await this.#attempt(endpoint, readOnly);
        if (outcome === 'served') return true;
      }
    }
    return false;
  }

  async #endpoints(): Promise<readonly Endpoint[]> {
    if (this.status.isOver()) return [];
    try {
      const endpoints = await this.#servers.round();
      // One that was just lost has its turn when the others have had theirs.
      const isLost = ({ address, port }: Endpoint) =>
        address === this.#lost?.address && port === this.#lost.port;
      return [...endpoints.filter((each) => !isLost(each)), ...endpoints.filter(isLost)];
    } catch (error) {
      if (!this.status.isOver()) this.#announce(() => this.#events.attemptFailed?.(error as WireError));
      return [];
    }
  }

  #attempt(endpoint: Endpoint, readOnly: boolean): Promise<Outcome> {
    return new Promise((resolve) => {
      let servedSinceMs: number | undefined;
      let closing = false;
      this.#watchedUntilZxid ??= this.identity.lastZxid;
      const connection = new ServerConnection(
        endpoint,
        openSocket(endpoint, this.options.tls),
        {
          protocolVersion: 0,
          lastZxid: this.identity.lastZxid,
          timeoutMs: this.resolved.sessionTimeoutMs,
          ...this.identity.asked,
          readOnly,
        },
        this.#numbers,
        this.resolved.limits,
        {
          greeted: (response) => {
            if (!this.#takeSession(connection, response)) return;
            const acquaintance = { sasl: this.options.sasl, auth: this.#auth, known: this.#known };
            introduce(connection, acquaintance).then(
              (capabilities) => {
                closing = capabilities === undefined;
                if (!capabilities || connection.closed || this.status.isOver()) return;
                servedSinceMs = performance.now();
                this.#serve(connection, capabilities);
              },
              (error: unknown) => {
                this.#refuse(connection, error as WireError);
              },
            );
          },
          fired: (event) => {
            this.watches.fired(event.type, event.path);
            if (!this.status.isOver()) {
              this.#announce(() => {
                this.watchListener.fired(event);
              });
            }
          },
          answered: (operation, answer) => {
            this.#noteAnswer(operation, answer);
          },
          closed: (reason) => {
            this.#connection = undefined;
            this.#lost = endpoint;
            if (servedSinceMs !== undefined) this.#disconnected(reason);
            else if (!closing && !this.status.isOver())
              this.#announce(() => this.#events.attemptFailed?.(reason));
            const lived = servedSinceMs !== undefined && performance.now() - servedSinceMs >= LEAST_LIFE_MS;
            resolve(closing ? 'again' : lived ? 'served' : 'failed');
          },
        },
      );
      this.#connection = connection;
    });
  }

  /** Takes the session that the server gave; false where there is none to be served. */
  #takeSession(connection: ServerConnection, response: ConnectResponse): boolean {
    if (response.timeoutMs <= 0) {
      // A server that refuses a new session does not say why; one that is to be resumed is over.
      if (this.identity.asked.sessionId !== 0n && !this.status.isOver()) {
        this.status.enter('expired');
        this.#announce(() => this.#events.expired?.());
      }
      connection.leave(new WireError('SESSION_EXPIRED', 'The server does not know the session any more'));
      return false;
    }
    if (this.status.isOver()) {
      this.#endSession(connection);
      return false;
    }
    this.identity.take(response);
    return true;
  }

  #serve(connection: ServerConnection, capabilities: Capabilities): void {
    const timeoutMs = this.identity.timeoutMs ?? this.resolved.sessionTimeoutMs;
    connection.established(timeoutMs);
    this.#setWatches(connection);
    const { endpoint: server } = connection;
    const { id, readOnly } = this.identity;
    this.status.enter('connected');
    this.#announce(() => this.#events.connected?.({ id, timeoutMs, readOnly, server, capabilities }));
    if (readOnly) void leaveForWritable(connection, this.#servers, this.options.tls);
  }

  /** Before anything else is sent on this connection: so no answer is newer than what the watches have seen. */
  #setWatches(connection: ServerConnection): void {
    const since = this.#watchedUntilZxid ?? this.identity.lastZxid;
    setWatchesAgain(connection, this.watches.batches(WATCHES_BATCH_BYTES), since, (watched) => {
      const paths = this.watches.forget(watched);
      this.#announce(() => {
        this.watchListener.removed(paths);
      });
    }).then(
      () => {
        if (this.#connection === connection) this.#watchedUntilZxid = undefined;
      },
      () => {}, // The connection broke: the next one sets them, as of the same transaction.
    );
  }

  #refuse(connection: ServerConnection, error: WireError): void {
    if (error.code === 'AUTHENTICATION_FAILED' && !this.status.isOver()) {
      this.status.enter('authentication-failed');
      this.#announce(() => this.#events.authenticationFailed?.(error));
    }
    connection.leave(error);
  }

  #disconnected(reason: WireError): void {
    if (this.status.isOver()) return;
    this.status.enter('connecting');
    this.#announce(() => this.#events.disconnected?.(reason));
  }

  #noteAnswer(operation: Operation, answer: Answer): void {
    this.identity.saw(answer.zxid);
    if (this.#events.answered) this.#announce(() => this.#events.answered?.({ ...answer, operation }));
  }

  #wait(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** A listener that throws is no reason to lose the frames behind. */
  #announce(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}

function closedError(): WireError {
  return new WireError('CLOSED', 'The session was closed');
}
