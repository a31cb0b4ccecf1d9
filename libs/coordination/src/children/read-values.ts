import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import type { ZnodeValue } from '../transport/stat.js';
import { reasonOf } from '../waiting/abortable.js';
import { pipelined } from '../waiting/pipelined.js';

/** Single reads under way at a time: so many that the servers never run out of requests. */
export const readWindow = 1_024;
/** Requests of many reads under way at a time: one is answered while the next is decoded. */
const batchWindow = 3;
/** Before anything is known of the size of the values. */
const firstBatch = 64;
const maxBatch = 1_000;
/** Fewer are not divided. */
const minBatch = 128;
/** An answer is to stay well below the frame limit of clients and servers (1 MiB by default). */
const batchBytes = 256 * 1_024;

/** Bytes of the largest value of the last read in each session: the next ones are likely to be of its kind. */
const largestRead = new WeakMap<Session, number>();

interface Division {
  readonly size: number;
  readonly batches: readonly (readonly string[])[];
}

/** How paths were divided: where they are read again the transport is given the same arrays, of which it knows more. */
const divisions = new WeakMap<readonly string[], Division>();

/** What was read of a znode: its value; why it may not be read; undefined where there is none. */
export type ReadOutcome = ZnodeValue | CoordinationError | undefined;

/**
 * Reads many znodes, by as few requests as the transport allows; outcomes in the order of the paths. The array of paths
 * does not change afterwards.
 */
export async function readValues(
  session: Session,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadOutcome[]> {
  if (!session.capabilities.multiRead) {
    return pipelined(paths, readWindow, (path) =>
      signal?.aborted === true ? Promise.reject(reasonOf(signal)) : session.get(path).catch(outcomeOf),
    );
  }
  if (paths.length === 0) return [];
  const read = async (batch: readonly string[]): Promise<ReadOutcome[]> => {
    if (signal?.aborted === true) throw reasonOf(signal);
    const outcomes: ReadOutcome[] = await session.getMany(batch);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome instanceof CoordinationError) outcomes[index] = outcomeOf(outcome);
    }
    return outcomes;
  };
  const expected = largestRead.get(session);
  // Where this read fails the next one begins with care again: perhaps the values have grown.
  largestRead.delete(session);
  const first = expected === undefined ? await read(paths.slice(0, firstBatch)) : [];
  const size = batchSize(expected ?? largestOf([first]), paths.length - first.length);
  const batches = divided(paths, first.length, size);
  const outcomes = [first, ...(await pipelined(batches, batchWindow, read))];
  largestRead.set(session, largestOf(outcomes));
  return outcomes.flat();
}

function divided(paths: readonly string[], begin: number, size: number): Division['batches'] {
  const known = begin === 0 ? divisions.get(paths) : undefined;
  if (known?.size === size) return known.batches;
  const batches: (readonly string[])[] = [];
  for (let at = begin; at < paths.length; at += size) batches.push(paths.slice(at, at + size));
  if (begin === 0) divisions.set(paths, { size, batches });
  return batches;
}

function largestOf(batches: readonly (readonly ReadOutcome[])[]): number {
  let largest = 0;
  for (const batch of batches) {
    for (const outcome of batch) {
      if (outcome !== undefined && 'data' in outcome) largest = Math.max(largest, outcome.data.length);
    }
  }
  return largest;
}

/** So many values of a size, of a number that is to be read, that an answer stays within its bound and all are under way. */
function batchSize(valueBytes: number, count: number): number {
  const statBytes = 80;
  const fitting = Math.max(1, Math.floor(batchBytes / (valueBytes + statBytes)));
  return Math.min(maxBatch, fitting, Math.max(minBatch, Math.ceil(count / batchWindow)));
}

/** One that vanished or may not be read is an outcome; any other error is that of the whole. */
function outcomeOf(read: unknown): ReadOutcome {
  if (!(read instanceof Error)) return read as ZnodeValue;
  if (hasCode(read, 'NO_NODE')) return undefined;
  if (hasCode(read, 'NO_AUTHORIZATION')) return read;
  throw read;
}
