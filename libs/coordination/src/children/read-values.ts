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
/** An answer is to stay well below the frame limit of clients and servers (1 MiB by default). */
const batchBytes = 256 * 1_024;

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
  const first = (await session.getMany(paths.slice(0, firstBatch))).map(outcomeOf);
  if (paths.length <= firstBatch) return first;
  const batches: (readonly string[])[] = [];
  const size = batchSize(first);
  for (let at = firstBatch; at < paths.length; at += size) batches.push(paths.slice(at, at + size));
  const rest = await pipelined(batches, batchWindow, async (batch) => {
    if (signal?.aborted === true) throw reasonOf(signal);
    return (await session.getMany(batch)).map(outcomeOf);
  });
  return [first, ...rest].flat();
}

/** So many values that an answer of them stays within its bound, judged by the largest seen. */
function batchSize(seen: readonly ReadOutcome[]): number {
  const statBytes = 80;
  const largest = Math.max(
    ...seen.map((value) => (value instanceof CoordinationError ? 0 : (value?.data.length ?? 0))),
  );
  return Math.min(maxBatch, Math.max(1, Math.floor(batchBytes / (largest + statBytes))));
}

/** One that vanished or may not be read is an outcome; any other error is that of the whole. */
function outcomeOf(read: unknown): ReadOutcome {
  if (!(read instanceof Error)) return read as ZnodeValue;
  if (hasCode(read, 'NO_NODE')) return undefined;
  if (hasCode(read, 'NO_AUTHORIZATION')) return read;
  throw read;
}
