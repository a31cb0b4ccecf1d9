import { type Measurement } from '@atalaya/contracts';
import { encodeValue } from '@atalaya/redis-timeseries';
import { rejectionOf } from '../connection/store-error.js';
import { StoreRejectedError, StoreUnavailableError } from '../errors.js';
import { EVENT_STREAM_LENGTH } from '../events/event-stream.js';
import { groupKeys } from '../keys.js';
import { insertNowScript } from '../scripts/insert-now.js';
import { groupSeries } from '../series/series.js';
import { CREATION_ATTEMPTS, type RecorderParts } from './recorder.js';

/** Stores single values under the server's clock, outside of ticks. */
export class ValueInsertion {
  readonly #parts: Pick<RecorderParts, 'scripts' | 'creator' | 'retention' | 'repair'>;

  constructor(parts: Pick<RecorderParts, 'scripts' | 'creator' | 'retention' | 'repair'>) {
    this.#parts = parts;
  }

  /** Not idempotent. */
  async insertNow(group: string, value: number): Promise<Measurement> {
    if (!Number.isFinite(value)) throw new StoreRejectedError(`Value ${value} is not a finite number.`);
    const { scripts, creator, retention, repair } = this.#parts;
    await retention.align(group);
    const keys = groupKeys(group);
    const run = {
      keys: [keys.events, keys.mean, keys.status],
      args: [keys.channel, encodeValue(value), String(EVENT_STREAM_LENGTH)],
    };
    for (let attempt = 0; attempt < CREATION_ATTEMPTS; attempt += 1) {
      const [outcome, detail = ''] = (await scripts.run(insertNowScript, run)).flat();
      if (outcome === 'stored') {
        repair.consider(group);
        return { timestamp: Number(detail), value };
      }
      if (outcome === 'rejected') throw rejectionOf(detail);
      await creator.create(group, keys, groupSeries(keys));
    }
    throw new StoreUnavailableError(`Series of group ${group} vanish as soon as they are created.`);
  }
}
