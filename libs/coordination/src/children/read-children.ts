import { setImmediate } from 'node:timers/promises';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import type { ZnodeValue } from '../transport/stat.js';
import { joinPath } from '../transport/znode-path.js';
import { childrenOrNone } from './children-or-none.js';
import { isAsKnown, type KnownChildren, knownChildren, rememberChildren } from './known-children.js';
import { readValues, type ReadOutcome } from './read-values.js';

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
 * Of many children, those that the pass before has found are asked for right behind the listing, which the server answers
 * first: one way to it and back is saved.
 *
 * @param isWanted by child name: the others are not read
 */
export async function readChildren(
  session: Session,
  parentPath: string,
  signal?: AbortSignal,
  isWanted?: (name: string) => boolean,
): Promise<ChildValues> {
  const known = session.capabilities.multiRead ? knownChildren(session, parentPath) : undefined;
  const listing = childrenOrNone(session, parentPath);
  const ahead = known && readValues(session, known.paths, signal);
  // Where the listing fails, so does this, and nobody waits for it.
  ahead?.catch(() => {});
  const listed = isWanted ? (await listing).filter(isWanted) : await listing;
  if (ahead && isAsKnown(known, listed)) return sortedOut(known.names, await ahead);
  const found = await sorted(parentPath, listed);
  rememberChildren(session, parentPath, found);
  return sortedOut(found.names, await valuesOf(session, found, known, await ahead, signal));
}

async function sorted(parentPath: string, listed: readonly string[]): Promise<KnownChildren> {
  await othersTurn(listed.length);
  const names = [...listed].sort();
  await othersTurn(listed.length);
  return { listed, names, paths: names.map((name) => joinPath(parentPath, name)) };
}

/** Values of children, of which some were read ahead. */
async function valuesOf(
  session: Session,
  { paths }: KnownChildren,
  known: KnownChildren | undefined,
  ahead: readonly ReadOutcome[] | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly ReadOutcome[]> {
  if (!known || !ahead) return readValues(session, paths, signal);
  const readAhead = new Map(known.paths.map((path, index) => [path, ahead[index]]));
  const missing = paths.filter((path) => !readAhead.has(path));
  const read = await readValues(session, missing, signal);
  missing.forEach((path, index) => readAhead.set(path, read[index]));
  return paths.map((path) => readAhead.get(path));
}

async function sortedOut(names: readonly string[], values: readonly ReadOutcome[]): Promise<ChildValues> {
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
