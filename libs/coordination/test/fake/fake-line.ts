import {
  CoordinationError,
  type Proof,
  type Transport,
  type TransportOptions,
  type WatchEventType,
} from '../../src/index.js';
import type { FakeRequest, FakeServer, FakeSession } from './fake-session.js';

type Direction = 'out' | 'back';

/** What a fault does to the request it picks. */
export type Fault =
  /** The request is lost, and the connection with it. */
  | 'drop-request'
  /** The request is applied, its reply is lost, and the connection with it. */
  | 'drop-reply'
  /** The server answers that it failed, and changes nothing. */
  | 'refuse';

interface InFlight {
  lose(): void;
}

/**
 * The connections of a session to a fake ZooKeeper: messages that take time, in order, each way, and faults between
 * them.
 */
export class FakeLine {
  session: Transport['session'];
  /** The most requests that were under way at a time. */
  mostInFlight = 0;
  protected readonly server: FakeServer;
  readonly #options: TransportOptions;
  readonly #inFlight = new Set<InFlight>();
  readonly #arrivals: Record<Direction, number> = { out: 0, back: 0 };
  #serverSession: FakeSession | undefined;
  #connected = false;
  #cut = false;
  #deaf = false;
  #spent = false;
  #closed = false;
  #expired = false;
  #faults: { matches: (request: FakeRequest) => boolean; fault: Fault; healAfterMs: number }[] = [];
  #missedWatches: [WatchEventType, string][] = [];

  constructor(server: FakeServer, options: TransportOptions) {
    this.server = server;
    this.#options = options;
    this.#attempt();
  }

  /** Cuts the connection; what is under way is lost. */
  cut(): void {
    this.#cut = true;
    this.#disconnect();
  }

  /** Lets the transport connect again. */
  heal(): void {
    this.#cut = false;
    this.#deaf = false;
  }

  /** Half open: requests and replies vanish without a word, until {@link cut} tells of it. */
  goDeaf(): void {
    this.#deaf = true;
  }

  /** The next request that matches meets the fault; the connection can be made again after `healAfterMs`. */
  failNext(matches: (request: FakeRequest) => boolean, fault: Fault, healAfterMs = 5): void {
    this.#faults.push({ matches, fault, healAfterMs });
  }

  close(): Promise<void> {
    this.#closed = true;
    if (!this.#spent) {
      this.#spent = true;
      if (this.#serverSession && this.#connected) this.server.expire(this.#serverSession.id);
      this.#connected = false;
      this.#loseAll();
    }
    return Promise.resolve();
  }

  onServerExpired(): void {
    // A client that is cut off hears of it when it comes back.
    if (this.#connected && !this.#deaf)
      this.#travel('back', () => {
        this.#becomeExpired();
      });
  }

  onServerWatch(type: WatchEventType, path: string): void {
    if (!this.#connected || this.#deaf) {
      // The servers tell it after the reconnection.
      this.#missedWatches.push([type, path]);
      return;
    }
    this.#travel('back', () => {
      if (this.#connected) this.#options.events.watch(type, path);
      else this.#missedWatches.push([type, path]);
    });
  }

  #attempt(): void {
    setTimeout(() => {
      if (this.#spent) return;
      if (this.#cut || this.server.down) {
        this.#attempt();
        return;
      }
      this.#serverSession ??= this.server.openSession(this, this.#options.sessionTimeoutMs);
      if (this.#serverSession.expired) {
        this.#becomeExpired();
        return;
      }
      this.#serverSession.lastHeardMs = performance.now();
      this.#connected = true;
      const { id, timeoutMs } = this.#serverSession;
      this.session = { id, timeoutMs, password: '0'.repeat(32) };
      this.#options.events.connected({ id, timeoutMs });
      for (const [type, path] of this.#missedWatches.splice(0)) this.#options.events.watch(type, path);
    }, this.server.latencyMs());
  }

  #disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#loseAll();
    setTimeout(() => {
      if (!this.#spent) this.#options.events.disconnected();
    }, 0);
    this.#attempt();
  }

  #becomeExpired(): void {
    if (this.#spent) return;
    this.#spent = true;
    this.#expired = true;
    this.#connected = false;
    this.#loseAll();
    this.#options.events.expired();
  }

  #loseAll(): void {
    for (const each of [...this.#inFlight]) each.lose();
    this.#inFlight.clear();
  }

  /** Messages of one direction arrive in the order of their sending. */
  #travel(direction: Direction, arrive: () => void): void {
    const at = Math.max(this.#arrivals[direction], performance.now() + this.server.latencyMs());
    this.#arrivals[direction] = at;
    setTimeout(arrive, at - performance.now());
  }

  /** A request to the servers, which `apply` it; what its answer proves is told with it. */
  protected request<T>(
    operation: string,
    path: string,
    provenBy: Proof,
    apply: (session: FakeSession) => T,
  ): Promise<T> {
    const sentAtMs = performance.now();
    return new Promise<T>((resolve, reject) => {
      const lost = () => {
        const code = this.#expired ? 'SESSION_EXPIRED' : this.#closed ? 'CLIENT_CLOSED' : 'CONNECTION_LOSS';
        reject(new CoordinationError(code, `${operation} ${path}: ${code}`, { path }));
      };
      if (this.#spent || !this.#connected) {
        setTimeout(lost, 0);
        return;
      }
      const entry: InFlight = { lose: () => setTimeout(lost, 0) };
      this.#inFlight.add(entry);
      this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight.size);
      if (this.#deaf) return;
      const fault = this.#takeFault({ operation, path });
      this.#travel('out', () => {
        const session = this.#serverSession;
        if (!this.#inFlight.has(entry) || !session || session.expired || this.#deaf) return;
        if (fault?.fault === 'drop-request') {
          this.#breakFor(fault.healAfterMs);
          return;
        }
        session.lastHeardMs = performance.now();
        this.server.log.push({ operation, path });
        const refused = () => {
          throw new CoordinationError('OPERATION_FAILED', `${operation} ${path}: the server failed`, {
            path,
          });
        };
        const isRefused = fault?.fault === 'refuse';
        const settle = settlementOf(() => (isRefused ? refused() : apply(session)), resolve, reject);
        if (fault && !isRefused) {
          this.#breakFor(fault.healAfterMs);
          return;
        }
        this.#travel('back', () => {
          if (this.#deaf || !this.#inFlight.delete(entry)) return;
          this.#options.events.contact({ sentAtMs, acknowledgedAtMs: performance.now(), provenBy });
          settle();
        });
      });
    });
  }

  #takeFault(request: FakeRequest) {
    const index = this.#faults.findIndex(({ matches }) => matches(request));
    return index === -1 ? undefined : this.#faults.splice(index, 1)[0];
  }

  #breakFor(ms: number): void {
    this.cut();
    setTimeout(() => {
      this.heal();
    }, ms);
  }
}

function settlementOf<T>(
  apply: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): () => void {
  try {
    const value = apply();
    return () => {
      resolve(value);
    };
  } catch (error) {
    return () => {
      reject(error);
    };
  }
}
