import { type Command } from '../command.js';
import { TimeSeriesError } from '../errors.js';
import { decodeSamples, encodeDuration, encodeTimestamp, type Sample, type Timestamp } from '../sample.js';

/**
 * First timestamp to read: a timestamp, the `earliest` sample, the `latest` sample, or whatever is `new` after the newest
 * sample that there is when the command arrives.
 */
export type ReadCursor = Timestamp | 'earliest' | 'latest' | 'new';

/** Options of {@link tsRead}. */
export interface ReadOptions {
  /** Most samples of the reply. */
  maxCount?: number | undefined;
  /**
   * Waits until there are `minCount` samples (1 without it), at most `timeoutMs`; 0 waits without an end. When the time is
   * up the reply holds what there is.
   */
  block?: { timeoutMs: number; minCount?: number | undefined } | undefined;
}

/**
 * `TS.READ`: the samples of one series from a cursor on, oldest first; none of a key that does not exist. Whoever reads
 * on passes the timestamp behind the last sample read as the next cursor. While a command waits, its connection answers
 * nothing else: give it one of its own, without a `commandTimeout`. A deleted key ends the wait with no samples. A
 * connection that is lost while it waits is ioredis's to repeat or to report; with the cursor `new`, samples that came
 * in between are then left out. Needs RedisTimeSeries 8.10.
 */
export function tsRead(key: string, cursor: ReadCursor, options: ReadOptions = {}): Command<Sample[]> {
  return {
    name: 'TS.READ',
    args: [key, encodeCursor(cursor), ...encodeReadOptions(options)],
    keys: [key],
    decode: decodeSamples,
  };
}

const CURSORS = { earliest: '-', latest: '+', new: '$' } as const;

function encodeCursor(cursor: ReadCursor): string {
  return typeof cursor === 'string' ? CURSORS[cursor] : encodeTimestamp(cursor);
}

function encodeReadOptions({ maxCount, block }: ReadOptions): string[] {
  const args = maxCount === undefined ? [] : ['MAX_COUNT', encodePositive('maxCount', maxCount)];
  if (block === undefined) return args;
  const { timeoutMs, minCount = 1 } = block;
  if (maxCount !== undefined && minCount > maxCount) {
    throw new TimeSeriesError('INVALID_INPUT', `minCount ${minCount} is above maxCount ${maxCount}.`);
  }
  return [...args, 'BLOCK', encodeDuration('timeoutMs', timeoutMs), encodePositive('minCount', minCount)];
}

function encodePositive(name: string, count: number): string {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new TimeSeriesError('INVALID_INPUT', `${name} ${count} is not a positive integer.`);
  }
  return count.toString();
}
