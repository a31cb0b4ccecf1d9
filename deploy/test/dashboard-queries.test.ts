import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedTimeSeries, startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { measurementScripts, MeasurementStore } from '@atalaya/measurement-store';
import { Redis } from 'ioredis';
import { DASHBOARDS } from '../src/services/observers.js';
import { PROJECT } from './project.js';

const HOUR_MS = 3_600_000;
const FROM = 1_700_000_000_000 - (1_700_000_000_000 % HOUR_MS);
const TO = FROM + 3 * HOUR_MS;

interface Query {
  datasource: { type: string };
  command: string;
  keyName?: string;
  filter?: string;
  aggregation?: string;
  bucket?: number;
}

let directory: string;
let server: EmbeddedTimeSeries;
let redis: Redis;

/** A store with two and a half hours of ticks of two sensors, as the API writes them. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atalaya-dashboards-'));
  server = await startEmbeddedTimeSeries({ dataDir: directory, port: 0, scripts: measurementScripts });
  // The plugin speaks the second version of the protocol.
  redis = new Redis(server.url, { protocol: 2 });
  const store = new MeasurementStore(redis, { retentionMs: 0 });
  for (let timestamp = FROM; timestamp < FROM + 2.5 * HOUR_MS; timestamp += 600_000) {
    const sensors = { a: 79, b: 81 };
    await store.record({
      ...{ group: 'default', timestamp, value: 80, count: 2, min: 79, max: 81 },
      ...{ token: '17', leader: 'candidate-1', sensors },
    });
  }
});

afterAll(async () => {
  await redis.quit();
  await server.close();
  await rm(directory, { recursive: true });
});

/** The command that the plugin sends for a query, with the range that Grafana gives to it. */
function command(query: Query): (string | number)[] {
  const key = (query.keyName ?? '').replace('$group', 'default');
  const filter = (query.filter ?? '').replace('$group', 'default').split(' ');
  const aggregation = query.aggregation ? ['AGGREGATION', query.aggregation, query.bucket ?? 0] : [];
  switch (query.command) {
    case 'ts.range':
      return [query.command, key, FROM, TO, ...aggregation];
    case 'ts.mrange':
      return [query.command, FROM, TO, ...aggregation, 'WITHLABELS', 'FILTER', ...filter];
    case 'ts.mget':
      return [query.command, 'WITHLABELS', 'FILTER', ...filter];
    default:
      return [query.command, key];
  }
}

describe.each(DASHBOARDS)('the dashboard %s', (name) => {
  test('finds values with every query that it sends to Redis', async () => {
    const { panels } = JSON.parse(
      await readFile(join(PROJECT, `grafana/dashboards/${name}.json`), 'utf8'),
    ) as { panels: { title: string; targets: Query[] }[] };
    for (const { title, targets } of panels) {
      for (const query of targets.filter(({ datasource }) => datasource.type === 'redis-datasource')) {
        const [verb, ...args] = command(query) as [string, ...(string | number)[]];
        const reply = (await redis.call(verb, ...args)) as object;
        expect([title, query.keyName ?? query.filter, Object.keys(reply).length > 0]).toEqual([
          title,
          query.keyName ?? query.filter,
          true,
        ]);
      }
    }
  });

  test('offers the groups that the store has', async () => {
    const { templating } = JSON.parse(
      await readFile(join(PROJECT, `grafana/dashboards/${name}.json`), 'utf8'),
    ) as { templating: { list: { query: string; regex: string }[] } };
    const [{ query, regex } = { query: '', regex: '' }] = templating.list;
    const [verb = '', ...args] = query.split(' ');
    const keys = (await redis.call(verb, ...args)) as string[];
    const groups = keys.map((key) => new RegExp(regex.slice(1, -1)).exec(key)?.[1]);
    expect(groups).toEqual(['default']);
  });
});

test('a line of the sensors is named after its sensor', async () => {
  const reply = (await redis.call(
    ...(command({
      datasource: { type: 'redis-datasource' },
      ...{ command: 'ts.mget', filter: 'group=$group kind=sensor' },
    }) as [string, ...string[]]),
  )) as [key: string, labels: [string, string][], sample: [number, string]][];
  expect(reply.map(([, labels]) => Object.fromEntries(labels).sensor).sort()).toEqual(['a', 'b']);
});
