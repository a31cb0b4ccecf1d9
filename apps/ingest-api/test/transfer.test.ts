import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type Measurement } from '@atalaya/contracts';
import {
  type MeasurementQuery,
  type MeasurementStore,
  type NumberedMeasurement,
} from '@atalaya/measurement-store';
import { createLogger } from '@atalaya/service-kit';
import { waitFor } from '@atalaya/test-kit';
import { type AuditEntry } from '../src/audit/audit-log.js';
import { KeyRing } from '../src/access/key-ring.js';
import { type AppFixture, appOn, bearer, memoryApp } from './app-fixture.js';
import { MemoryStore } from './memory-store.js';
import { type RealServer, startRealServer } from './real-store.js';

const TICK = 1_700_000_000_000;
const TYPES = { csv: 'text/csv', jsonl: 'application/jsonl' } as const;
type Format = keyof typeof TYPES;

const exportOf = async ({ app }: Pick<AppFixture, 'app'>, query = '') =>
  app.inject({ url: `/api/v1/groups/east/export${query}` });

const importInto = async (
  { app }: Pick<AppFixture, 'app'>,
  format: Format,
  payload: string | Buffer,
  headers: Record<string, string> = {},
) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/groups/east/import',
    payload,
    headers: { 'content-type': TYPES[format], ...headers },
  });

describe('on real stores', () => {
  const servers: RealServer[] = [];
  const apps: AppFixture<MeasurementStore>[] = [];

  afterEach(async () => {
    for (const app of apps.splice(0)) await app[Symbol.asyncDispose]();
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
  });

  async function emptyApp(): Promise<AppFixture<MeasurementStore>> {
    const server = await startRealServer();
    servers.push(server);
    const app = await appOn(await server.open());
    apps.push(app);
    return app;
  }

  /** 1,050 ticks under a leader's token, of sensors that come and go, and of which one has an awkward name. */
  async function fill({ store }: AppFixture<MeasurementStore>): Promise<void> {
    const reports = Array.from({ length: 1_050 }, (_unused, index) => ({
      ...{
        group: 'east',
        timestamp: TICK + index * 5_000,
        value: 80 + index / 7,
        token: '12',
        leader: 'c-1',
      },
      ...(index % 3 === 0 ? {} : { count: 2, min: -1 / 3, max: 1e21 + index }),
      ...(index % 3 === 0 ? {} : { sensors: { 'a "b", ñ': index / 3, [`s-${index % 5}`]: 0.1 + index } }),
    }));
    for (let start = 0; start < reports.length; start += 150) {
      const outcomes = await store.recordAll(reports.slice(start, start + 150));
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['stored']));
    }
  }

  test.each<Format>(['csv', 'jsonl'])(
    'what is exported as %s and imported into an empty API is exported there the same, and a second import changes nothing',
    async (format) => {
      const source = await emptyApp();
      await fill(source);
      const exported = await exportOf(source, `?format=${format}`);
      expect(exported.statusCode).toBe(200);
      expect(exported.headers).toMatchObject({
        'content-type': `${TYPES[format]}; charset=utf-8`,
        'content-disposition': `attachment; filename="east.${format}"`,
      });
      const target = await emptyApp();
      const counts = { group: 'east', ticks: 1_050, kept: 0, expired: 0 };
      const first = await importInto(target, format, exported.body);
      expect(first.json()).toEqual({ ...counts, stored: 1_050, unchanged: 0 });
      expect((await exportOf(target, `?format=${format}`)).body).toBe(exported.body);
      const second = await importInto(target, format, exported.body);
      expect(second.json()).toEqual({ ...counts, stored: 0, unchanged: 1_050 });
      expect((await exportOf(target, `?format=${format}`)).body).toBe(exported.body);
      const sensors = async ({ store }: AppFixture<MeasurementStore>) =>
        store.sensorMeasurements('a "b", ñ', { group: 'east', from: 0, limit: 10_000 });
      expect(await sensors(target)).toEqual(await sensors(source));
    },
    30_000,
  );

  test('ticks that are there keep their values, the fence stays, and ticks out of the retention are counted', async () => {
    const app = await appOn(
      await servers[servers.push(await startRealServer()) - 1]!.open({ RETENTION_MS: 3_600_000 }),
    );
    apps.push(app);
    const report = { group: 'east', timestamp: TICK, value: 1, token: '12', leader: 'c-1' };
    await app.store.record(report);
    const lines = [TICK - 7_200_000, TICK - 5_000, TICK].map((timestamp) =>
      JSON.stringify({ timestamp, value: 2 }),
    );
    expect((await importInto(app, 'jsonl', lines.join('\n'))).json()).toEqual({
      ...{ group: 'east', ticks: 3, stored: 1, unchanged: 0, kept: 1, expired: 1 },
    });
    expect((await exportOf(app, '?format=jsonl')).body).toBe(
      `{"timestamp":${TICK - 5_000},"value":2}\n{"timestamp":${TICK},"value":1}\n`,
    );
    expect(await app.store.status('east')).toMatchObject({ leader: 'c-1', token: '12', tick: TICK });
    const stale = await app.store.record({ ...report, timestamp: TICK + 5_000, token: '11' });
    expect(stale.outcome).toBe('stale-token');
  });

  test('from and to cut an export, so that it can be taken, and imported, in parts', async () => {
    const source = await emptyApp();
    await fill(source);
    const target = await emptyApp();
    const middle = TICK + 525 * 5_000;
    for (const query of [`?to=${middle - 1}`, `?from=${middle}`]) {
      const part = await exportOf(source, query);
      expect((await importInto(target, 'csv', part.body)).json()).toMatchObject({ stored: 525 });
    }
    expect((await exportOf(target)).body).toBe((await exportOf(source)).body);
  }, 30_000);
});

/** A group of 10,000,000 ticks. */
class EndlessStore extends MemoryStore {
  reads = 0;

  override measurements({ from = 0, limit }: MeasurementQuery): Promise<Measurement[]> {
    this.reads += 1;
    return Promise.resolve(
      Array.from({ length: limit }, (_unused, index) => ({ timestamp: from + index, value: index / 7 })),
    );
  }

  override newest(): Promise<NumberedMeasurement[]> {
    return Promise.resolve([{ timestamp: 10_000_000, value: 1, number: 1 }]);
  }
}

test('a client that does not read holds its export up, not others, and one that goes away ends it', async () => {
  await using fixture = await appOn(new EndlessStore());
  const { store } = fixture;
  const address = await fixture.listen();
  const request = httpRequest(`${address}/api/v1/groups/east/export?format=jsonl`).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.pause();
  const readsHeld = async () => fixture.metric('atalaya_ingest_reads_held');
  // What it has read fits the buffers of a connection; it waits then, and holds no turn.
  let before: number;
  do {
    before = store.reads;
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  } while (store.reads > before);
  expect(before).toBeLessThan(1_000);
  expect(await fixture.metric('atalaya_ingest_reads_in_flight')).toBe(0);
  expect(await readsHeld()).toBe(1);
  expect((await fixture.app.inject({ url: '/api/v1/status' })).statusCode).toBe(200);
  response.destroy();
  await waitFor(async () => (await readsHeld()) === 0);
  expect(store.reads).toBeLessThan(1_000);
});

describe('a line that is no tick is refused with its number, and nothing is stored', () => {
  const good = `{"timestamp":${TICK},"value":1}`;
  const head = 'timestamp_ms,time_utc,mean,count,min,max,sensor:a';
  let fixture: AppFixture;
  beforeAll(async () => {
    fixture = await memoryApp();
  });
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
  });

  test.each<[Format, string | Buffer, number, RegExp]>([
    ['jsonl', `${good}\n{"timestamp":1`, 2, /JSON/],
    ['jsonl', `${good}\n\n{"timestamp":1}`, 3, /\/value: /],
    ['jsonl', `${good}\n{"timestamp":1.5,"value":1}`, 2, /\/timestamp: /],
    ['jsonl', `{"group":"west","timestamp":1,"value":1}\n${good}`, 1, /"group"/],
    ['jsonl', `${good}\n[1]\n`, 2, /./],
    ['jsonl', Buffer.from([...Buffer.from(`${good}\n"`), 0xff, 0x22]), 2, /UTF-8/],
    ['jsonl', '\n', 1, /no tick/],
    ['csv', head, 1, /no tick/],
    ['csv', `${head}\r\n${TICK},,1,,,\r\n`, 2, /6 fields.*7 columns/],
    ['csv', `${head}\n${TICK},,one,,,,\n`, 2, /mean: "one" is not a decimal number/],
    ['csv', `${head}\n${TICK},,1,,,,0x10\n`, 2, /sensor:a: "0x10"/],
    ['csv', `${head}\n${TICK},,1e999,,,,\n`, 2, /\/value: /],
    ['csv', `${head}\n${TICK},,1,"2,,,\n`, 2, /quotes/],
    ['csv', `time,mean\n1,2\n`, 1, /no column "time"/],
    ['csv', `mean,mean\n1,2\n`, 1, /named twice/],
    ['csv', `${head},sensor:b/c\n${TICK},,1,,,,,2\n`, 2, /must not contain/],
  ])('%s %#', async (format, body, line, reason) => {
    const answer = await importInto(fixture, format, body);
    expect([answer.statusCode, answer.json<{ line: number }>().line]).toEqual([400, line]);
    expect(answer.json<{ detail: string }>().detail).toMatch(reason);
    expect(answer.json<{ detail: string }>().detail).toMatch(
      new RegExp(`^line ${line}: .*Nothing was stored\\.$`),
    );
    expect(fixture.store.reports).toEqual([]);
  });
});

test('a format that is not known, and a group that cannot be, are refused', async () => {
  await using fixture = await memoryApp();
  const post = async (url: string, type: string) =>
    (await fixture.app.inject({ method: 'POST', url, payload: 'x', headers: { 'content-type': type } }))
      .statusCode;
  expect(await post('/api/v1/groups/east/import', 'application/json')).toBe(415);
  expect(await post('/api/v1/groups/a%20b/import', 'text/csv')).toBe(400);
  expect((await exportOf(fixture, '?format=xml')).statusCode).toBe(400);
  expect((await exportOf(fixture, '?from=2&to=1')).statusCode).toBe(400);
});

test('a group without values is exported as no ticks', async () => {
  await using fixture = await memoryApp();
  expect((await exportOf(fixture)).body).toBe('timestamp_ms,time_utc,mean,count,min,max\r\n');
  expect((await exportOf(fixture, '?format=jsonl')).body).toBe('');
});

test('an export while the store is away is a problem', async () => {
  await using fixture = await memoryApp();
  fixture.store.available = false;
  expect((await exportOf(fixture)).statusCode).toBe(503);
  expect((await importInto(fixture, 'jsonl', `{"timestamp":${TICK},"value":1}`)).json()).toMatchObject({
    status: 503,
    line: 1,
    stored: 0,
  });
});

test('an import needs a key that may write to the group, is one at a time, and is in the audit log', async () => {
  const entries: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void entries.push(entry), close: () => Promise.resolve() };
  const logger = createLogger({ name: 'test', level: 'silent' });
  await using fixture = await appOn(
    new MemoryStore(),
    { keys: new KeyRing('a-long-enough-token') },
    logger,
    audit,
  );
  const body = `{"timestamp":${TICK},"value":1}\n`;
  expect((await importInto(fixture, 'jsonl', body)).statusCode).toBe(401);
  let open: (() => void) | undefined;
  fixture.store.gate = new Promise((resolve) => {
    open = resolve;
  });
  const key = bearer('a-long-enough-token');
  const first = importInto(fixture, 'jsonl', body, key);
  await waitFor(() => fixture.store.writesBegun === 1);
  expect((await importInto(fixture, 'jsonl', body, key)).statusCode).toBe(429);
  open?.();
  expect((await first).json()).toMatchObject({ stored: 1 });
  expect(entries.at(-1)).toMatchObject({ event: 'imported', group: 'east', imported: 1, kept: 0 });
});
