import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import { parentOf } from '../transport/znode-path.js';

/**
 * Makes sure that the semaphore's znode exists and says `maxLeases`; rejects with `SEMAPHORE_MISMATCH` where it says
 * another number. Data that is not a number is left alone, as kazoo does: the znode may serve something else too.
 */
export async function agreeOnSize(session: Session, path: string, maxLeases: number): Promise<void> {
  const wanted = Buffer.from(String(maxLeases));
  for (;;) {
    try {
      const { data, stat } = await session.get(path);
      if (data.length === 0) {
        // Created without data, as kazoo does a moment before it sets the number.
        await session.set(path, wanted, stat.version);
        return;
      }
      const text = data.toString('utf8').trim();
      if (!/^[+-]?\d{1,15}$/.test(text) || Number(text) === maxLeases) return;
      throw new CoordinationError(
        'SEMAPHORE_MISMATCH',
        `${path} is a semaphore of ${text} leases, not of ${maxLeases}: use the same number everywhere, or delete ` +
          'the znode while nobody uses the semaphore',
        { path },
      );
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) await setUp(session, path, wanted);
      else if (!hasCode(error, 'BAD_VERSION')) throw error;
    }
  }
}

async function setUp(session: Session, path: string, data: Buffer): Promise<void> {
  await session.ensurePath(parentOf(path) ?? '/');
  try {
    await session.create(path, data, { ephemeral: false, sequential: false });
  } catch (error) {
    if (!hasCode(error, 'NODE_EXISTS')) throw error;
  }
}
