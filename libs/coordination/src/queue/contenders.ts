import { childrenOrNone } from '../children/children-or-none.js';
import { readValues } from '../children/read-values.js';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { joinPath } from '../transport/znode-path.js';
import { lockQueue } from './lock-node.js';

/** One who takes part in an election, or waits for a lock. */
export interface Contender {
  readonly id: string;
  readonly token: bigint;
  /** Name of the contender's znode below the election's path. */
  readonly node: string;
}

/** All candidates in the order of their election; one that leaves while they are read is left out. */
export async function readContenders(session: Session, electionPath: string): Promise<Contender[]> {
  const queue = lockQueue(await childrenOrNone(session, electionPath));
  const values = await readValues(
    session,
    queue.map(({ name }) => joinPath(electionPath, name)),
  );
  return queue.flatMap(({ name }, index) => {
    const value = values[index];
    if (value === undefined) return [];
    if (value instanceof CoordinationError) throw value;
    return [{ id: value.data.toString('utf8'), token: value.stat.czxid, node: name }];
  });
}
