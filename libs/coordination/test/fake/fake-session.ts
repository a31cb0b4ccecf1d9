import type { WatchEventType } from '../../src/index.js';
import type { FakeTree } from './fake-tree.js';

/** A request as a fault sees it. */
export interface FakeRequest {
  readonly operation: string;
  readonly path: string;
}

export interface FakeSession {
  readonly id: bigint;
  readonly timeoutMs: number;
  lastHeardMs: number;
  expired: boolean;
  readonly transport: {
    onServerExpired(): void;
    onServerWatch(type: WatchEventType, path: string): void;
  };
  readonly dataWatches: Set<string>;
  readonly childWatches: Set<string>;
  /** Of one znode each, and its children; they stay. */
  readonly persistentWatches: Set<string>;
  /** Of all below them too; they stay. */
  readonly recursiveWatches: Set<string>;
}

/** What a transport asks of the fake servers. */
export interface FakeServer {
  readonly tree: FakeTree;
  readonly latencyMs: () => number;
  readonly down: boolean;
  /** Whether its transports have transactions, requests of many reads, and watches that stay. */
  readonly isCapable: boolean;
  readonly log: FakeRequest[];
  openSession(transport: FakeSession['transport'], timeoutMs: number): FakeSession;
  expire(id: bigint): void;
}
