import type { Session } from '../connection/session.js';
import { hasCode } from '../errors/is-retryable.js';
import { joinPath } from '../transport/znode-path.js';
import { pipelined } from '../waiting/pipelined.js';
import { lockQueue } from './lock-node.js';

/** One who takes part in an election, or waits for a lock. */
export interface Contender {
  readonly id: string;
  readonly token: bigint;
  /** Name of the contender's znode below the election's path. */
  readonly node: string;
}

const window = 64;

/** All candidates in the order of their election; one that leaves while they are read is left out. */
export async function readContenders(session: Session, electionPath: string): Promise<Contender[]> {
  let names: string[];
  try {
    names = await session.children(electionPath);
  } catch (error) {
    if (hasCode(error, 'NO_NODE')) return [];
    throw error;
  }
  const contenders = await pipelined(lockQueue(names), window, async ({ name }) => {
    try {
      const { data, stat } = await session.get(joinPath(electionPath, name));
      return [{ id: data.toString('utf8'), token: stat.czxid, node: name }];
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return [];
      throw error;
    }
  });
  return contenders.flat();
}
