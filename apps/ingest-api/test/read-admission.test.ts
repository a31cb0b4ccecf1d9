import { once } from 'node:events';
import { type Socket } from 'node:net';
import { type Measurement } from '@atalaya/contracts';
import { type MeasurementQuery } from '@atalaya/measurement-store';
import { waitFor } from '@atalaya/test-kit';
import { appOn, bearer } from './app-fixture.js';
import { KeyRing } from '../src/access/key-ring.js';
import { hashOf } from '../src/access/api-key.js';
import { MemoryStore } from './memory-store.js';
import { RawRequests } from './raw-request.js';

const URL = '/api/v1/measurements';

/** A store whose reads take until they are let go. */
class SlowReads extends MemoryStore {
  begun = 0;
  letGo: () => void = () => {};
  readonly #gate = new Promise<void>((resolve) => (this.letGo = resolve));

  override async measurements(query: MeasurementQuery): Promise<Measurement[]> {
    this.begun += 1;
    await this.#gate;
    return super.measurements(query);
  }
}

test('heavy reads wait for their turn, are refused past their share, and hold up neither writes nor health', async () => {
  const store = new SlowReads();
  await using fixture = await appOn(store);
  const { app, registry } = fixture;
  const reads = Array.from({ length: 200 }, () => app.inject({ url: `${URL}?limit=10000` }));
  expect(
    (await app.inject({ method: 'POST', url: URL, payload: { timestamp: 5_000, value: 1 } })).statusCode,
  ).toBe(201);
  expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200);
  expect(store.begun).toBe(2);
  expect(await app.inject({ url: `${URL}?limit=x` })).toMatchObject({ statusCode: 400 });

  store.letGo();
  const answers = await Promise.all(reads);
  const tooMany = answers.filter(({ statusCode }) => statusCode === 429);
  expect([answers.filter(({ statusCode }) => statusCode === 200).length, tooMany.length]).toEqual([64, 136]);
  expect(tooMany[0]?.headers['retry-after']).toBe('1');
  expect(tooMany[0]?.json()).toMatchObject({ type: 'urn:atalaya:problem:too-many-requests' });
  expect(await registry.metrics()).toContain('atalaya_ingest_refusals_total{reason="reads"} 136');
});

test('another address has its own share', async () => {
  const store = new SlowReads();
  await using fixture = await appOn(store);
  const read = (remoteAddress: string) => fixture.app.inject({ url: URL, remoteAddress });
  const greedy = Array.from({ length: 100 }, () => read('192.0.2.1'));
  const other = read('192.0.2.2');
  store.letGo();
  expect((await other).statusCode).toBe(200);
  expect((await Promise.all(greedy)).filter(({ statusCode }) => statusCode === 429)).toHaveLength(36);
});

test('keys have shares of their own, also at one address', async () => {
  const store = new SlowReads();
  const keys = new KeyRing(undefined, [
    { name: 'a', sha256: hashOf('key-a'), scopes: ['read'] },
    { name: 'b', sha256: hashOf('key-b'), scopes: ['read'] },
  ]);
  await using fixture = await appOn(store, { keys, anonymousReads: false });
  const read = (key: string) => fixture.app.inject({ url: URL, headers: bearer(key) });
  const greedy = Array.from({ length: 100 }, () => read('key-a'));
  const other = read('key-b');
  store.letGo();
  expect((await other).statusCode).toBe(200);
  expect((await Promise.all(greedy)).filter(({ statusCode }) => statusCode === 429)).toHaveLength(36);
});

test('answers that nobody takes hold up nobody, and their connection is ended', async () => {
  const store = new MemoryStore();
  const reports = Array.from({ length: 10_000 }, (_, index) => ({
    group: 'default',
    timestamp: index + 1,
    value: index / 3,
  }));
  await store.recordAll(reports);
  // Longer than who does take its answer needs on a busy machine.
  await using fixture = await appOn(store, { takeTimeoutMs: 3_000 });
  const url = await fixture.listen();
  using requests = new RawRequests();
  // More than the operating system takes for a client that does not read.
  const accepted = once(fixture.app.server, 'connection') as Promise<[Socket]>;
  const idle = requests.open(url, '127.0.0.2').socket.pause();
  idle.write(`GET ${URL}?limit=10000 HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(60));
  const response = await fetch(`${url}${URL}?limit=10000`);
  expect((await response.text()).length).toBeGreaterThan(100_000);
  const [served] = await accepted;
  await waitFor(() => served.destroyed);
  expect(served.bytesWritten).toBeGreaterThan(100_000);
});
