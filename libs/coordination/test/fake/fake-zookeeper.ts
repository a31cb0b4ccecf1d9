import type { TransportFactory, TransportOptions, WatchEventType } from '../../src/index.js';
import type { FakeRequest, FakeServer, FakeSession } from './fake-session.js';
import { FakeTransport } from './fake-transport.js';
import { FakeTree } from './fake-tree.js';

export interface FakeZooKeeperOptions {
  /** Milliseconds one way; drawn anew for each message. Default 1. */
  readonly latencyMs?: () => number;
  /** Whether its transports have transactions, requests of many reads, and watches that stay. Default false. */
  readonly isCapable?: boolean;
}

/**
 * An in-memory ZooKeeper for tests of the state machines, on whatever clock `setTimeout` runs: under fake timers an
 * hour of faults passes in a moment, and a seeded latency replays the same schedule. The real server is the measure of
 * what is true; this one only brings about what a real one does too rarely.
 */
export class FakeZooKeeper implements FakeServer {
  readonly tree: FakeTree;
  readonly sessions = new Map<bigint, FakeSession>();
  readonly latencyMs: () => number;
  readonly isCapable: boolean;
  readonly transports: FakeTransport[] = [];
  /** Requests in the order of their arrival. */
  readonly log: FakeRequest[] = [];
  /** While true nobody can connect. */
  down = false;
  #nextSession = 0x100000000000000n;

  constructor({ latencyMs = () => 1, isCapable = false }: FakeZooKeeperOptions = {}) {
    this.latencyMs = latencyMs;
    this.isCapable = isCapable;
    this.tree = new FakeTree((type, path) => {
      this.#fireWatches(type, path);
    });
  }

  get transport(): TransportFactory {
    return (options: TransportOptions) => {
      const transport = new FakeTransport(this, options);
      this.transports.push(transport);
      return transport;
    };
  }

  openSession(transport: FakeSession['transport'], timeoutMs: number): FakeSession {
    const session: FakeSession = {
      id: (this.#nextSession += 1n),
      timeoutMs,
      lastHeardMs: performance.now(),
      expired: false,
      transport,
      dataWatches: new Set(),
      childWatches: new Set(),
      persistentWatches: new Set(),
      recursiveWatches: new Set(),
    };
    this.sessions.set(session.id, session);
    this.#expireWhenSilent(session);
    return session;
  }

  /** Ends a session as a server does, with everything that belongs to it. */
  expire(id: bigint): void {
    const session = this.sessions.get(id);
    if (!session || session.expired) return;
    session.expired = true;
    this.sessions.delete(id);
    this.tree.deleteOwnedBy(id);
    session.transport.onServerExpired();
  }

  /** Paths that any session watches, by kind. */
  watchedPaths(): { readonly data: string[]; readonly children: string[] } {
    const all = [...this.sessions.values()];
    return {
      data: all.flatMap((session) => [...session.dataWatches]).sort(),
      children: all.flatMap((session) => [...session.childWatches]).sort(),
    };
  }

  #expireWhenSilent(session: FakeSession): void {
    const silentForMs = performance.now() - session.lastHeardMs;
    setTimeout(
      () => {
        if (session.expired || !this.sessions.has(session.id)) return;
        if (performance.now() - session.lastHeardMs >= session.timeoutMs) this.expire(session.id);
        else this.#expireWhenSilent(session);
      },
      Math.max(1, session.timeoutMs - silentForMs),
    ).unref();
  }

  #fireWatches(type: WatchEventType, path: string): void {
    for (const session of this.sessions.values()) {
      const data = type !== 'child' && session.dataWatches.delete(path);
      const child = (type === 'child' || type === 'deleted') && session.childWatches.delete(path);
      const below = [...session.recursiveWatches].some((at) => path === at || path.startsWith(`${at}/`));
      const stays = session.persistentWatches.has(path) || (below && type !== 'child');
      if (data || child || stays) session.transport.onServerWatch(type, path);
    }
  }
}
