import { setImmediate } from 'node:timers/promises';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import type { ZnodeValue } from '../transport/stat.js';
import { joinPath } from '../transport/znode-path.js';
import { childrenOrNone } from './children-or-none.js';
import { readValues } from './read-values.js';

/** So many names that a step over all of them takes milliseconds. */
const LONG_LIST = 5_000;

/** What one pass over the children of a znode has read. */
export interface ChildValues {
  /** By child name, in the order of the names. */
  readonly children: Map<string, ZnodeValue>;
  /** By child name: those whose access list does not let this client read them, with the error of the read. */
  readonly unreadable: Map<string, CoordinationError>;
}

/**
 * One pass over all children. A child that vanishes between the listing and its read is left out; a missing
 * parent has no children. Not a snapshot: values are read within one pass, not at one instant.
 *
 * @param isWanted by child name: the others are not read
 */
export async function readChildren(
  session: Session,
  parentPath: string,
  signal?: AbortSignal,
  isWanted: (name: string) => boolean = () => true,
): Promise<ChildValues> {
  const names = (await childrenOrNone(session, parentPath)).filter(isWanted);
  await othersTurn(names.length);
  names.sort();
  await othersTurn(names.length);
  const paths = names.map((name) => joinPath(parentPath, name));
  const values = await readValues(session, paths, signal);
  const children = new Map<string, ZnodeValue>();
  const unreadable = new Map<string, CoordinationError>();
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (value instanceof CoordinationError) unreadable.set(name, value);
    else if (value) children.set(name, value);
    if (index % LONG_LIST === LONG_LIST - 1) await othersTurn(names.length);
  }
  return { children, unreadable };
}

/** In a long pass the event loop turns between its steps. */
async function othersTurn(length: number): Promise<void> {
  if (length >= LONG_LIST) await setImmediate();
}
