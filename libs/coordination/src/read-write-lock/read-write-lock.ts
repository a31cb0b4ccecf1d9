import type { LockOptions, Lock } from '../lock/lock.js';

/** Who contends for either side of the lock. */
export type ReadWriteLockOptions = LockOptions;

/**
 * A lock that many readers or one writer hold, among all processes that use the same path, in the protocol of kazoo's
 * `ReadLock` and `WriteLock`. The order is that of the znodes: a reader waits for the writers before it, a writer for
 * everybody before it, so neither starves the other.
 *
 * Each side is a {@link Lock} of its own, not reentrant, and there is no way from one to the other while it is held: a
 * reader that acquires the write side waits for itself. `contenders()` of either side lists both; a reader's znode
 * has `__rlock__` in its name. A {@link Lock} on the same path counts as a writer.
 *
 * The token of a reader fences off earlier writers. It does not fence off the reader itself, whose work the later
 * writer cannot know of: a sink that refuses smaller tokens refuses late writes only.
 */
export interface ReadWriteLock {
  readonly id: string;
  readonly path: string;
  readonly read: Lock;
  readonly write: Lock;
}
