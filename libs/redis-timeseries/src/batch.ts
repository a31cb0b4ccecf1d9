import { type Cluster, type Redis } from 'ioredis';
import { send } from './client.js';
import { type KeyedSample, tsMAdd } from './commands/add.js';
import { TimeSeriesError } from './errors.js';
import { type Timestamp } from './sample.js';

/** Options of {@link addAll}. */
export interface BatchOptions {
  /** Samples of one command, 1,000 without it; it bounds how long the server is busy with it. */
  maxSamplesPerCommand?: number | undefined;
}

/**
 * Adds any number of samples to existing series: `TS.MADD` commands of bounded size, on a Cluster one per group of keys
 * with the same hash tag (thus one slot), each sent when its predecessor has been answered. Resolves to the timestamp or the
 * error of each sample, in the order given. A lost connection rejects; samples may then be stored or not.
 */
export async function addAll(
  redis: Redis | Cluster,
  samples: readonly KeyedSample[],
  options: BatchOptions = {},
): Promise<(Timestamp | TimeSeriesError)[]> {
  const { maxSamplesPerCommand = 1_000 } = options;
  if (!Number.isSafeInteger(maxSamplesPerCommand) || maxSamplesPerCommand < 1) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `maxSamplesPerCommand ${maxSamplesPerCommand} is not positive.`,
    );
  }
  const results = new Array<Timestamp | TimeSeriesError>(samples.length);
  for (const batch of batchesOf(samples, maxSamplesPerCommand, redis.isCluster)) {
    const answers = await send(redis, tsMAdd(batch.map(({ sample }) => sample)));
    for (const [position, { index }] of batch.entries()) {
      results[index] =
        answers[position] ??
        new TimeSeriesError(
          'UNEXPECTED_REPLY',
          `TS.MADD answered ${answers.length} of ${batch.length} samples.`,
        );
    }
  }
  return results;
}

interface IndexedSample {
  index: number;
  sample: KeyedSample;
}

function* batchesOf(
  samples: readonly KeyedSample[],
  size: number,
  perSlot: boolean,
): Generator<IndexedSample[]> {
  const bySlot = new Map<string, IndexedSample[]>();
  for (const [index, sample] of samples.entries()) {
    const tag = perSlot ? hashTag(sample.key) : '';
    const batch = bySlot.get(tag) ?? [];
    batch.push({ index, sample });
    if (batch.length === size) {
      bySlot.delete(tag);
      yield batch;
    } else bySlot.set(tag, batch);
  }
  yield* bySlot.values();
}

/** The part of a key that decides its Cluster slot: what is between the first `{` and the next `}`, else all of it. */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = key.indexOf('}', open + 1);
  return open >= 0 && close > open + 1 ? key.slice(open + 1, close) : key;
}
