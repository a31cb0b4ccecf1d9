import type { Session } from '../connection/session.js';
import { hasCode } from '../errors/is-retryable.js';

/** Names of the children; none where there is no parent. */
export async function childrenOrNone(session: Session, parentPath: string): Promise<string[]> {
  try {
    return await session.children(parentPath);
  } catch (error) {
    if (hasCode(error, 'NO_NODE')) return [];
    throw error;
  }
}
