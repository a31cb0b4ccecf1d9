import { type Command, sendAll, TimeSeriesError, tsRevRange } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { toStoreError } from '../connection/store-error.js';
import { groupKeys } from '../keys.js';
import { type NumberedMeasurement } from '../numbered-measurement.js';
import { STORED_FIELD } from '../scripts/known-status.js';

/** Readings that are tried until none meets a write; then the numbers may be behind by what was written meanwhile. */
const MAX_ATTEMPTS = 5;

/** Reads the newest measurements of a group with their numbers. */
export class NewestReader {
  readonly #connection: BoundedConnection;

  constructor(connection: BoundedConnection) {
    this.#connection = connection;
  }

  async read(group: string, limit: number): Promise<NumberedMeasurement[]> {
    const keys = groupKeys(group);
    const stored = storedCount(keys.status);
    const newest = tsRevRange(keys.mean, 'earliest', 'latest', { count: limit });
    for (let attempt = 1; ; attempt += 1) {
      const [before, samples, after] = await this.#connection.run((redis) =>
        sendAll(redis, [stored, newest, stored]),
      );
      if (!before.ok) throw toStoreError(before.error);
      if (!after.ok) throw toStoreError(after.error);
      if (!samples.ok) {
        if (samples.error instanceof TimeSeriesError && samples.error.code === 'KEY_NOT_FOUND') return [];
        throw toStoreError(samples.error);
      }
      if (before.value !== after.value && attempt < MAX_ATTEMPTS) continue;
      // What was stored before measurements were counted has no number of its own.
      const total = Math.max(after.value, samples.value.length);
      return samples.value
        .map(({ timestamp, value }, index) => ({
          timestamp: Number(timestamp),
          value,
          number: total - index,
        }))
        .reverse();
    }
  }
}

function storedCount(status: string): Command<number> {
  return {
    name: 'HGET',
    args: [status, STORED_FIELD],
    keys: [status],
    decode: (reply) => Number(reply ?? 0),
  };
}
