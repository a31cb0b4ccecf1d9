import { connect, type Socket } from 'node:net';
import { STREAM_DEFAULTS } from '../src/stream/stream-hub.js';
import { memoryApp } from './app-fixture.js';
import { type RawRequest, RawRequests } from './raw-request.js';
import { StreamReader } from './stream-reader.js';
import { waitFor } from '@atalaya/test-kit';

test('events of the group arrive with ids, kinds and data; those of other groups do not', async () => {
  await using fixture = await memoryApp();
  const url = await fixture.listen();
  await using reader = await StreamReader.open(`${url}/api/v1/stream?group=east`);
  expect(reader.response.status).toBe(200);
  expect(reader.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(reader.response.headers.get('cache-control')).toBe('no-store, no-transform');
  expect(reader.response.headers.get('content-security-policy')).toContain("default-src 'none'");
  await waitFor(() => fixture.store.subscriptions === 1);

  fixture.store.emit('west', 'measurement', { timestamp: 1, value: 1 });
  const id = fixture.store.emit('east', 'measurement', { timestamp: 2, value: 2.5 });
  fixture.store.emit('east', 'status', { group: 'east', leader: 'c-1\n\nevent: x' });
  fixture.store.emit('east', 'cleared', { group: 'east' });
  expect(await reader.take(3)).toEqual([
    { id, event: 'measurement', data: { timestamp: 2, value: 2.5 } },
    { id: '3-0', event: 'status', data: { group: 'east', leader: 'c-1\n\nevent: x' } },
    { id: '4-0', event: 'cleared', data: { group: 'east' } },
  ]);
});

test('a client resumes after its last event, without a gap and without one twice', async () => {
  await using fixture = await memoryApp();
  const url = `${await fixture.listen()}/api/v1/stream`;
  const emit = (value: number): string =>
    fixture.store.emit('default', 'measurement', { timestamp: value, value });
  for (const value of [1, 2, 3]) emit(value);

  // The first client of the group: read from the store.
  await using first = await StreamReader.open(url, '1-0');
  expect((await first.take(2)).map(({ id }) => id)).toEqual(['2-0', '3-0']);
  // A second one: from memory. A third, from before what memory holds: from the store, until it has caught up.
  await using second = await StreamReader.open(url, '2-0');
  expect((await second.take(1)).map(({ id }) => id)).toEqual(['3-0']);
  fixture.store.emit('default', 'status', {});
  await using third = await StreamReader.open(url, '0-0');
  expect((await third.take(4)).map(({ id }) => id)).toEqual(['1-0', '2-0', '3-0', '4-0']);
  emit(5);
  for (const reader of [first, second]) {
    expect((await reader.take(2)).map(({ id }) => id)).toEqual(['4-0', '5-0']);
  }
  expect((await third.take(1)).map(({ id }) => id)).toEqual(['5-0']);
  await waitFor(() => fixture.store.subscriptions === 1);
});

test('a Last-Event-ID that is none counts as none', async () => {
  await using fixture = await memoryApp();
  const url = `${await fixture.listen()}/api/v1/stream`;
  fixture.store.emit('default', 'measurement', { timestamp: 1, value: 1 });
  await using reader = await StreamReader.open(url, "1'; DROP");
  await waitFor(() => fixture.store.subscriptions === 1);
  fixture.store.emit('default', 'measurement', { timestamp: 2, value: 2 });
  expect((await reader.take(1))[0]?.id).toBe('2-0');
});

test('all clients of a group share one subscription, which ends with the last of them', async () => {
  await using fixture = await memoryApp();
  const url = `${await fixture.listen()}/api/v1/stream`;
  const readers = await Promise.all(Array.from({ length: 20 }, () => StreamReader.open(url)));
  await waitFor(() => fixture.store.subscriptions === 1);
  fixture.store.emit('default', 'measurement', { timestamp: 1, value: 1 });
  for (const reader of readers) expect((await reader.take(1))[0]?.id).toBe('1-0');
  expect(fixture.store.subscriptions).toBe(1);
  expect((await fixture.app.inject({ url: '/metrics' })).body).toContain('atalaya_ingest_stream_clients 20');
  for (const reader of readers) await reader[Symbol.asyncDispose]();
  await waitFor(() => fixture.store.subscriptions === 0);
});

test('an outage of the store is announced and waited out: the stream goes on after the last event', async () => {
  await using fixture = await memoryApp();
  const url = `${await fixture.listen()}/api/v1/stream`;
  await using reader = await StreamReader.open(url);
  await waitFor(() => fixture.store.subscriptions === 1);
  fixture.store.emit('default', 'measurement', { timestamp: 1, value: 1 });
  await reader.take(1);
  fixture.store.available = false;
  fixture.store.wake();
  await waitFor(() => fixture.store.subscriptions === 0);
  const store = (available: boolean): object => ({ event: 'store', data: { available } });
  expect(await reader.take(1)).toMatchObject([store(false)]);
  await using latecomer = await StreamReader.open(url);
  expect(await latecomer.take(1)).toMatchObject([store(false)]);
  fixture.store.emit('default', 'measurement', { timestamp: 2, value: 2 });
  fixture.store.available = true;
  expect(await reader.take(2)).toMatchObject([store(true), { id: '2-0' }]);
  expect(await latecomer.take(2)).toMatchObject([store(true), { id: '2-0' }]);
});

test('a client that cannot know what it missed in an outage is let go, so that it looks anew', async () => {
  await using fixture = await memoryApp();
  const url = `${await fixture.listen()}/api/v1/stream`;
  fixture.store.available = false;
  await using reader = await StreamReader.open(url);
  fixture.store.available = true;
  await waitFor(() => fixture.store.subscriptions === 1);
  fixture.store.emit('default', 'measurement', { timestamp: 2, value: 2 });
  expect((await reader.take(2)).map(({ data }) => data)).toEqual([{ available: false }, { available: true }]);
  expect(await reader.next()).toBeUndefined();
});

test('heartbeats are sent while nothing happens', async () => {
  await using fixture = await memoryApp({ stream: { ...STREAM_DEFAULTS, heartbeatMs: 20 } });
  const url = `${await fixture.listen()}/api/v1/stream`;
  await using reader = await StreamReader.open(url);
  const event = reader.next();
  await waitFor(() => reader.comments >= 3);
  fixture.store.emit('default', 'cleared', {});
  expect((await event)?.event).toBe('cleared');
});

/** Asks for the stream and does not read the answer. */
function deafClient(url: string): Socket {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /api/v1/stream HTTP/1.1\r\nhost: x\r\n\r\n');
  return socket;
}

async function metric(fixture: Awaited<ReturnType<typeof memoryApp>>, name: string): Promise<number> {
  const { body } = await fixture.app.inject({ url: '/metrics' });
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body)?.[1]);
}

test('a client that does not read is cut at the bound, and the others get every event', async () => {
  const maxUnreadBytes = 256 * 1024;
  await using fixture = await memoryApp({
    stream: { ...STREAM_DEFAULTS, client: { maxUnreadBytes, stallTimeoutMs: 600_000 } },
  });
  const url = await fixture.listen();
  const deaf = deafClient(url);
  await using reader = await StreamReader.open(`${url}/api/v1/stream`);
  await waitFor(async () => (await metric(fixture, 'atalaya_ingest_stream_clients')) === 2);
  await waitFor(() => fixture.store.subscriptions === 1);
  const filler = 'x'.repeat(100_000);
  let sent = 0;
  await waitFor(async () => {
    fixture.store.emit('default', 'status', { filler });
    sent += 1;
    await reader.take(1);
    return (await metric(fixture, 'atalaya_ingest_stream_clients_cut_total')) === 1;
  });
  await waitFor(async () => (await metric(fixture, 'atalaya_ingest_stream_clients')) === 1);
  fixture.store.emit('default', 'cleared', {});
  expect((await reader.take(1))[0]?.id).toBe(`${sent + 1}-0`);
  deaf.destroy();
});

test('a client that leaves what it was sent unread for too long is cut', async () => {
  await using fixture = await memoryApp({
    stream: { ...STREAM_DEFAULTS, client: { maxUnreadBytes: 1e9, stallTimeoutMs: 100 } },
  });
  const url = await fixture.listen();
  const deaf = deafClient(url);
  await waitFor(() => fixture.store.subscriptions === 1);
  // More than the buffers of the operating system take.
  for (let count = 0; count < 100; count += 1) {
    fixture.store.emit('default', 'status', { filler: 'x'.repeat(200_000) });
  }
  await waitFor(async () => (await metric(fixture, 'atalaya_ingest_stream_clients_cut_total')) === 1);
  await waitFor(() => fixture.store.subscriptions === 0);
  deaf.destroy();
});

test('no more clients are taken than there is room for: 503', async () => {
  await using fixture = await memoryApp({ stream: { ...STREAM_DEFAULTS, maxClients: 1 } });
  const url = `${await fixture.listen()}/api/v1/stream`;
  await using reader = await StreamReader.open(url);
  expect(reader.response.status).toBe(200);
  const refused = await fetch(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  await refused.text();
});

test('one address has a part of the clients, and refusals are counted', async () => {
  await using fixture = await memoryApp({
    stream: { ...STREAM_DEFAULTS, maxClients: 3, maxClientsPerAddress: 2 },
  });
  const url = await fixture.listen();
  using raw = new RawRequests();
  const ask = (address: string): RawRequest => {
    const request = raw.open(url, address);
    request.socket.write('GET /api/v1/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
    return request;
  };
  const first = [ask('127.0.0.2'), ask('127.0.0.2')];
  await waitFor(() => first.every(({ statuses }) => statuses[0] === 200));
  const third = ask('127.0.0.2');
  await waitFor(() => third.statuses.length === 1);
  expect(third.statuses).toEqual([503]);
  const other = ask('127.0.0.3');
  await waitFor(() => other.statuses.length === 1);
  expect(other.statuses).toEqual([200]);
  expect(await metric(fixture, 'atalaya_ingest_refusals_total{reason="streams"}')).toBe(1);
  first[0]?.socket.destroy();
  await waitFor(async () => (await metric(fixture, 'atalaya_ingest_stream_clients')) === 2);
  const later = ask('127.0.0.2');
  await waitFor(() => later.statuses.length === 1);
  expect(later.statuses).toEqual([200]);
});

test('streams end at once when the app closes, also that of a client that does not read', async () => {
  await using fixture = await memoryApp({
    stream: { ...STREAM_DEFAULTS, client: { maxUnreadBytes: 1e9, stallTimeoutMs: 600_000 } },
  });
  const url = await fixture.listen();
  await using reader = await StreamReader.open(`${url}/api/v1/stream`);
  const deaf = deafClient(url);
  await waitFor(async () => (await metric(fixture, 'atalaya_ingest_stream_clients')) === 2);
  await waitFor(() => fixture.store.subscriptions === 1);
  for (let count = 0; count < 50; count += 1) {
    fixture.store.emit('default', 'status', { filler: 'x'.repeat(200_000) });
  }
  await reader.take(50);
  const begun = performance.now();
  await fixture.app.close();
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(await reader.next()).toBeUndefined();
  expect(fixture.store.subscriptions).toBe(0);
  deaf.destroy();
});
