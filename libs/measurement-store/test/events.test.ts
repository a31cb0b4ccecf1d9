import { jest } from '@jest/globals';
import { MeasurementStore, type StoreEvent } from '../src/index.js';
import { startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(120_000);

let server: StoreServer;

beforeAll(async () => {
  server = await startStoreServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function open(): MeasurementStore {
  return new MeasurementStore(server.connect(), { retentionMs: 0, commandTimeoutMs: 60_000 });
}

const TICK = 1_734_103_890_000;

/** A reader that takes events one by one. */
class Reader implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #store = open();
  readonly #iterator: AsyncIterator<StoreEvent>;

  constructor(group: string, afterId?: string) {
    this.#iterator = this.#store
      .events(group, { afterId, signal: this.#stop.signal })
      [Symbol.asyncIterator]();
  }

  async take(count: number): Promise<StoreEvent[]> {
    const events: StoreEvent[] = [];
    while (events.length < count) {
      const result = await this.#iterator.next();
      if (result.done === true) throw new Error('The events ended.');
      events.push(result.value);
    }
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#iterator.return?.();
    await this.#store.close();
  }
}

function shape(events: StoreEvent[]): string[] {
  return events.map(({ event, data }) =>
    `${event} ${String((data as { timestamp?: number }).timestamp ?? '')}`.trim(),
  );
}

test('events of one replica reach readers of another, in order, with their data', async () => {
  const group = server.newGroup();
  const writer = open();
  await writer.record({ group, timestamp: TICK, value: 1 });
  await using reader = new Reader(group, '0-0');
  expect(shape(await reader.take(2))).toEqual([`measurement ${TICK}`, 'status']);
  const report = { token: '5', leader: 'ñ "x"', sensors: { a: 1, b: 2 }, stale: ['c'] };
  await writer.record({ group, timestamp: TICK + 5_000, value: 2, ...report });
  await writer.record({ group, timestamp: TICK + 10_000, value: 3, ...report });
  await writer.clear(group);
  const events = await reader.take(5);
  expect(shape(events)).toEqual([
    `measurement ${TICK + 5_000}`,
    'status',
    `measurement ${TICK + 10_000}`,
    'status',
    'cleared',
  ]);
  expect(events[0]!.data).toEqual({ timestamp: TICK + 5_000, value: 2 });
  expect(events[3]!.data).toEqual({
    group,
    leader: 'ñ "x"',
    token: '5',
    since: TICK + 5_000,
    tick: TICK + 10_000,
    value: 3,
    count: 2,
    stale: ['c'],
    invalid: [],
  });
  expect(events[4]!.data).toEqual({ group });
});

test('a reader goes on behind the last event that it has seen', async () => {
  const group = server.newGroup();
  const writer = open();
  for (let i = 0; i < 4; i += 1) await writer.record({ group, timestamp: TICK + i, value: i });
  const all = await readFrom(group, '0-0', 8);
  expect(await readFrom(group, all[2]!.id, 5)).toEqual(all.slice(3));
});

test('the measurements of a batch come one by one, and a reader goes on behind any of them', async () => {
  const group = server.newGroup();
  const writer = open();
  const reports = Array.from({ length: 600 }, (_, i) => ({ group, timestamp: TICK + i, value: i }));
  await writer.recordAll(reports);
  await writer.record({ group, timestamp: TICK + 600, value: 600 });
  // A batch is stored by runs of up to 500 reports, each of which announces the status once.
  const events = await readFrom(group, '0-0', 604);
  expect(events.filter(({ event }) => event === 'measurement').map(({ data }) => data)).toEqual(
    [...reports, { timestamp: TICK + 600, value: 600 }].map(({ timestamp, value }) => ({ timestamp, value })),
  );
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const position of [0, 1, 98, 99, 100, 250, 499, 500, 501, 560, 601]) {
    const { id } = events[position]!;
    expect(await readFrom(group, id, events.length - position - 1)).toEqual(events.slice(position + 1));
  }
});

test('more entries than a page holds come completely', async () => {
  const group = server.newGroup();
  const writer = open();
  for (let i = 0; i < 120; i += 1) await writer.record({ group, timestamp: TICK + i, value: i });
  const events = await readFrom(group, '0-0', 240);
  expect(
    events
      .filter(({ event }) => event === 'measurement')
      .map(({ data }) => (data as { value: number }).value),
  ).toEqual(Array.from({ length: 120 }, (_, i) => i));
});

test.each([undefined, 'nonsense', '99999999999999-0'])('behind %j come new events only', async (afterId) => {
  const group = server.newGroup();
  const writer = open();
  await writer.record({ group, timestamp: TICK, value: 1 });
  await using reader = new Reader(group, afterId);
  let event: StoreEvent | undefined;
  const taking = reader.take(1).then((events) => {
    event = events[0];
  });
  // The reader has its place once it has asked the server; until then events may pass.
  for (let i = 1; event === undefined; i += 1) await writer.record({ group, timestamp: TICK + i, value: 2 });
  await taking;
  expect((event.data as { value: number }).value).toBe(2);
});

test('a status with very many ids is looked up', async () => {
  const group = server.newGroup();
  const stale = Array.from({ length: 300 }, (_, i) => `s${i}`);
  await open().record({ group, timestamp: TICK, value: 1, stale });
  const [, status] = await readFrom(group, '0-0', 2);
  expect(status).toMatchObject({ event: 'status', data: { group, tick: TICK, stale } });
});

test('the iteration ends with its signal, also while it waits', async () => {
  const store = open();
  const stop = new AbortController();
  const iterator = store.events(server.newGroup(), { signal: stop.signal })[Symbol.asyncIterator]();
  const waiting = iterator.next();
  stop.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
  const ended = store.events(server.newGroup(), { signal: stop.signal })[Symbol.asyncIterator]();
  expect(await ended.next()).toEqual({ done: true, value: undefined });
  await store.close();
  await store.close();
});

async function readFrom(group: string, afterId: string, count: number): Promise<StoreEvent[]> {
  await using reader = new Reader(group, afterId);
  return await reader.take(count);
}
