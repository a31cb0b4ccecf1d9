import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { SessionNode } from '../ephemeral/session-node.js';
import { isRetryable } from '../errors/is-retryable.js';
import { abortable } from '../waiting/abortable.js';
import { WakeUp } from '../connection/wake-up.js';
import type { Entry } from './enter-barrier.js';
import { readBarrier, watchMember, withdrawReady } from './barrier-members.js';

/**
 * Leaves in kazoo's order: the member with the lowest name stays until all others are gone, each of the others deletes
 * its znode and waits for the lowest. So each watches one znode, and the end of the last one wakes all.
 *
 * Waited for are those that were inside when this member entered: whoever is found there later, as after an
 * expiry, may be of the next cycle, and wait for this member in turn. `ready` goes
 * last, with the last member: kazoo takes it away first, and a member that was cut off could then never learn that the
 * barrier had been complete.
 */
export async function leaveBarrier(
  keeper: SessionKeeper,
  path: string,
  { node, cohort }: Entry,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const session = await keeper.session(signal);
    using wakeUp = new WakeUp(keeper, session);
    try {
      const { members } = await abortable(readBarrier(session, path), signal);
      const others = members.filter((name) => name !== node.name && cohort.has(name));
      const [lowest] = others;
      const inside = members.includes(node.name);
      if (lowest === undefined) {
        if (inside) await abortable(endCycle(session, path, node), signal);
        return;
      }
      if (inside && lowest < node.name) await abortable(node.leave(), signal);
      const awaited = inside && node.name < lowest ? others.at(-1) : lowest;
      await abortable(watchMember(session, path, awaited ?? lowest, wakeUp), signal);
      await wakeUp.wait(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetryable(error)) throw error;
    }
  }
}

/**
 * The own znode first: without `ready` it would be counted as one of the next cycle. A failure is not repeated, since
 * the next cycle may have a `ready` of its own by then; its members take a left-over one away.
 */
async function endCycle(session: Session, path: string, node: SessionNode): Promise<void> {
  await node.leave();
  await withdrawReady(session, path).catch(() => {});
}
