import type { Session } from '../connection/session.js';
import type { CoordinationError } from '../errors/coordination-error.js';
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

/** What was read of a znode: its value; why it may not be read; undefined where there is none. */
export type ReadOutcome = ZnodeValue | CoordinationError | undefined;

/** Reads many znodes, by as few requests as the transport allows; outcomes in the order of the paths. */
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
    return (await session.getMany(batch)).map(outcomeOf);
  };
  const expected = largestRead.get(session);
  // Where this read fails the next one begins with care again: perhaps the values have grown.
  largestRead.delete(session);
  const first = expected === undefined ? await read(paths.slice(0, firstBatch)) : [];
  const batches: (readonly string[])[] = [];
  const size = batchSize(expected ?? largestOf(first), paths.length - first.length);
  for (let at = first.length; at < paths.length; at += size) batches.push(paths.slice(at, at + size));
  const outcomes = [first, ...(await pipelined(batches, batchWindow, read))].flat();
  largestRead.set(session, largestOf(outcomes));
  return outcomes;
}

function largestOf(outcomes: readonly ReadOutcome[]): number {
  let largest = 0;
  for (const outcome of outcomes) {
    if (outcome !== undefined && 'data' in outcome) largest = Math.max(largest, outcome.data.length);
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
