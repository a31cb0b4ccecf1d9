import { type Redis } from 'ioredis';
import { send, TimeSeriesError, tsRange } from '@atalaya/redis-timeseries';
import { groupKeys } from '../src/keys.js';
import { groupSeries, type Series, sensorSeries, seriesKeys } from '../src/series/series.js';

/** Everything that is stored of a group, without what depends on the clock. */
export interface GroupDump {
  fence: Record<string, string>;
  status: Record<string, string>;
  sensors: Record<string, string>;
  pending: Record<string, string>;
  /** Samples by key, `null` for a series that does not exist. */
  series: Record<string, [timestamp: number, value: number][] | null>;
  events: string[][];
  terms: string[][];
}

/** Reads all of a group; of sensors those named. */
export async function dumpGroup(
  redis: Redis,
  group: string,
  sensorIds: readonly string[],
): Promise<GroupDump> {
  const keys = groupKeys(group);
  const series: Series[] = [...groupSeries(keys), ...sensorIds.map((id) => sensorSeries(keys, id))];
  const samples: GroupDump['series'] = {};
  for (const key of series.flatMap((one) => seriesKeys(keys, one))) {
    samples[key.replace(group, 'g')] = await samplesOf(redis, key);
  }
  const hash = (key: string): Promise<Record<string, string>> => redis.hgetall(key);
  return {
    fence: await hash(keys.fence),
    status: await hash(keys.status),
    sensors: await hash(keys.sensors),
    pending: await hash(keys.pending),
    series: samples,
    events: (await redis.xrange(keys.events, '-', '+')).map(([, fields]) =>
      fields.map((field) => field.replaceAll(group, 'g')),
    ),
    terms: (await redis.xrange(keys.terms, '-', '+')).map(([, fields]) => fields),
  };
}

async function samplesOf(redis: Redis, key: string): Promise<[number, number][] | null> {
  try {
    const samples = await send(redis, tsRange(key, 'earliest', 'latest'));
    return samples.map(({ timestamp, value }) => [Number(timestamp), value]);
  } catch (error) {
    if (error instanceof TimeSeriesError && error.code === 'KEY_NOT_FOUND') return null;
    throw error;
  }
}
