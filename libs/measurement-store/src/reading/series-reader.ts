import { type Measurement } from '@atalaya/contracts';
import { type Sample, send, TimeSeriesError, tsRange, tsRevRange } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { InvalidQueryError } from '../errors.js';
import { MAX_QUERY_LIMIT, type SeriesQuery } from '../measurement-query.js';
import { type Series } from '../series/series.js';

/** Reads ranges of a series. */
export class SeriesReader {
  readonly #connection: BoundedConnection;

  constructor(connection: BoundedConnection) {
    this.#connection = connection;
  }

  /** The values that the query means, oldest first; none where the series does not exist. */
  async read(series: Series, query: SeriesQuery): Promise<Measurement[]> {
    const { from, to, limit, bucketMs, aggregate } = checked(query);
    const aggregation =
      bucketMs === undefined ? undefined : { aggregator: aggregate ?? ('avg' as const), bucketMs };
    const options = { count: limit, aggregation };
    const command =
      from === undefined
        ? tsRevRange(series.key, 'earliest', to ?? 'latest', options)
        : tsRange(series.key, from, to ?? 'latest', options);
    const samples = await this.#connection.run(async (redis) => {
      try {
        return await send(redis, command);
      } catch (error) {
        if (error instanceof TimeSeriesError && error.code === 'KEY_NOT_FOUND') return [];
        throw error;
      }
    });
    const measurements = samples.map(measurementOf);
    return from === undefined ? measurements.reverse() : measurements;
  }
}

function measurementOf({ timestamp, value }: Sample): Measurement {
  return { timestamp: Number(timestamp), value };
}

function checked(query: SeriesQuery): SeriesQuery {
  const { from, to, limit, bucketMs, aggregate } = query;
  for (const [name, value] of Object.entries({ from, to })) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
      throw new InvalidQueryError(`${name} ${value} is not a non-negative integer of ms.`);
    }
  }
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_QUERY_LIMIT) {
    throw new InvalidQueryError(`limit ${limit} is not an integer from 1 to ${MAX_QUERY_LIMIT}.`);
  }
  if (bucketMs !== undefined && (!Number.isSafeInteger(bucketMs) || bucketMs < 1)) {
    throw new InvalidQueryError(`bucketMs ${bucketMs} is not a positive integer of ms.`);
  }
  if (bucketMs === undefined && aggregate !== undefined) {
    throw new InvalidQueryError(`aggregate ${aggregate} needs bucketMs.`);
  }
  return query;
}
