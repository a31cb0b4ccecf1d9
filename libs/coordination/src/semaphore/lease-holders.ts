import { readChildren } from '../children/read-children.js';
import type { Session } from '../connection/session.js';

export interface Lease {
  readonly name: string;
  readonly id: string;
  readonly token: bigint;
}

/** The leases in the order in which they were granted. */
export async function readLeases(session: Session, path: string): Promise<Lease[]> {
  const { children } = await readChildren(session, path);
  return [...children]
    .map(([name, { data, stat }]) => ({ name, id: data.toString('utf8'), token: stat.czxid }))
    .sort((a, b) => (a.token < b.token ? -1 : 1));
}
