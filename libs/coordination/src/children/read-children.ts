import type { Session } from '../connection/session.js';
import type { ZnodeValue } from '../transport/stat.js';
import { hasCode } from '../errors/is-retryable.js';
import { joinPath } from '../transport/znode-path.js';
import { reasonOf } from '../waiting/abortable.js';
import { pipelined } from '../waiting/pipelined.js';

/** Reads under way at a time: so many that the servers never run out of requests. */
export const readWindow = 1_024;

/** What one pass over the children of a znode has read. */
export interface ChildValues {
  /** By child name, in the order of the names. */
  readonly children: Map<string, ZnodeValue>;
}

/**
 * One pipelined pass over all children. A child that vanishes between the listing and its read is left out; a missing
 * parent has no children. Not a snapshot: values are read within one pass, not at one instant.
 */
export async function readChildren(
  session: Session,
  parentPath: string,
  signal?: AbortSignal,
): Promise<ChildValues> {
  const names = await listed(session, parentPath);
  const children = new Map<string, ZnodeValue>();
  const values = await pipelined(names.sort(), readWindow, (name) =>
    signal?.aborted === true
      ? Promise.reject(reasonOf(signal))
      : session.get(joinPath(parentPath, name)).catch(undefinedIfVanished),
  );
  names.forEach((name, index) => {
    const value = values[index];
    if (value) children.set(name, value);
  });
  return { children };
}

async function listed(session: Session, parentPath: string): Promise<string[]> {
  try {
    return await session.children(parentPath);
  } catch (error) {
    if (hasCode(error, 'NO_NODE')) return [];
    throw error;
  }
}

function undefinedIfVanished(error: unknown): undefined {
  if (hasCode(error, 'NO_NODE')) return undefined;
  throw error;
}
