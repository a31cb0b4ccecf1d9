import { childrenOrNone } from '../children/children-or-none.js';
import type { Session } from '../connection/session.js';
import { hasCode } from '../errors/is-retryable.js';
import { joinPath } from '../transport/znode-path.js';
import type { WakeUp } from '../connection/wake-up.js';

const readyName = 'ready';

export interface BarrierContent {
  /** Names of the members' znodes, sorted as kazoo sorts them. */
  readonly members: readonly string[];
  readonly ready: boolean;
}

/** Lists the barrier, and wakes when a member comes or goes. */
export async function listBarrier(session: Session, path: string, wakeUp: WakeUp): Promise<BarrierContent> {
  const { names, unwatch } = await session.childrenWatched(path, wakeUp.wake);
  wakeUp.watchedBy(unwatch);
  return contentOf(names);
}

/** Lists the barrier; one that does not exist has nobody inside. */
export async function readBarrier(session: Session, path: string): Promise<BarrierContent> {
  return contentOf(await childrenOrNone(session, path));
}

/** Makes known to all members, also those that are cut off at the moment, that the barrier was complete. */
export async function declareReady(session: Session, path: string): Promise<void> {
  try {
    await session.create(joinPath(path, readyName), Buffer.alloc(0), { ephemeral: false, sequential: false });
  } catch (error) {
    if (!hasCode(error, 'NODE_EXISTS')) throw error;
  }
}

export async function withdrawReady(session: Session, path: string): Promise<void> {
  try {
    await session.delete(joinPath(path, readyName));
  } catch (error) {
    if (!hasCode(error, 'NO_NODE')) throw error;
  }
}

/** Wakes when the member leaves; at once where it has. A data read leaves no watch behind on a znode that is gone. */
export async function watchMember(
  session: Session,
  path: string,
  member: string,
  wakeUp: WakeUp,
): Promise<void> {
  try {
    wakeUp.watchedBy((await session.getWatched(joinPath(path, member), wakeUp.wake)).unwatch);
  } catch (error) {
    if (!hasCode(error, 'NO_NODE')) throw error;
    wakeUp.wake();
  }
}

function contentOf(names: readonly string[]): BarrierContent {
  return { members: names.filter((name) => name !== readyName).sort(), ready: names.includes(readyName) };
}
