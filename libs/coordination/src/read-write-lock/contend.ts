import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Grant } from '../election/leader-term.js';
import { SessionNode } from '../ephemeral/session-node.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import type { Acquired } from '../lock/acquirable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { joinPath } from '../transport/znode-path.js';
import { abortable, delay } from '../waiting/abortable.js';
import { WakeUp } from '../watching/wake-up.js';
import { blockerOf, nodeNames, sharedQueue, type LockKind } from './shared-queue.js';

export interface Contention {
  readonly path: string;
  readonly id: string;
  readonly kind: LockKind;
}

/**
 * Queues for one side of a read/write lock until it is granted, in one session after the other. When the signal aborts
 * it rejects at once with its reason; the znode is deleted in the background, also one that arrives only then.
 */
export async function contend(
  keeper: SessionKeeper,
  { path, id, kind }: Contention,
  signal: AbortSignal,
): Promise<Acquired> {
  for (let failures = 0; ; failures++) {
    if (failures > 1) await delay(retryDelayMs(keeper.retry, failures - 1), signal);
    const session = await keeper.session(signal);
    const node = new SessionNode(keeper, session, {
      parentPath: path,
      data: id,
      sequentialAfter: nodeNames[kind],
    });
    let grant: Grant | undefined;
    try {
      await abortable(session.ensurePath(path), signal);
      await abortable(node.created(), signal);
      grant = await granted(keeper, node, path, signal);
      if (grant) return { grant, leave: () => node.leave() };
    } catch (error) {
      // The parent or the session is gone: begin anew.
      if (signal.aborted || !(isRetryable(error) || hasCode(error, 'NO_NODE'))) throw error;
    } finally {
      if (!grant) void node.leave();
    }
  }
}

/** Undefined where the own znode is gone. */
async function granted(
  keeper: SessionKeeper,
  node: SessionNode,
  path: string,
  signal: AbortSignal,
): Promise<Grant | undefined> {
  const { session } = node;
  for (;;) {
    using wakeUp = new WakeUp(keeper, session);
    try {
      const blocker = blockerOf(sharedQueue(await abortable(session.children(path), signal)), node.name);
      if (blocker === 'absent') return undefined;
      if (!blocker) return await abortable(node.grant(), signal);
      const { unwatch } = await abortable(
        session.getWatched(joinPath(path, blocker.name), wakeUp.wake),
        signal,
      );
      wakeUp.watchedBy(unwatch);
      await wakeUp.wait(signal);
    } catch (error) {
      // The one that was to be watched has left in between.
      if (hasCode(error, 'NO_NODE')) continue;
      if (signal.aborted || !isRetryable(error) || session.ended.aborted) throw error;
      await keeper.usable(session, signal);
    }
  }
}
