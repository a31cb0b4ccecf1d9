import { transportUnderTest } from './support/transport-under-test.js';
import { reserveFreePort, startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import { connect } from '../src/index.js';
import type { ConnectionState } from '../src/connection/connection-state.js';
import { recordingLogger, TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({ controllable: true });
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});
afterEach(async () => {
  await zooKeeper.servers[0]!.resume();
  await zooKeeper.servers[0]!.start();
}, 90_000);

test('rule 17: a server that was away for longer than the session gives the same session back, znodes intact', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const logger = recordingLogger();
  const client = await clients.connect({ sessionTimeoutMs: 2_000, logger });
  const states: ConnectionState[] = [];
  client.on('state', (state) => states.push(state));
  const registration = await client.register('/sensors', { id: 's1', value: 'v1' });
  const { sessionId } = client;
  const { czxid } = (await client.exists('/sensors/s1'))!;
  const server = zooKeeper.servers[0]!;
  await server.kill();
  await waitFor(() => client.state === 'lost', { timeoutMs: 15_000 });
  const written = registration.set('v2');
  await server.start();
  await waitFor(() => client.state === 'connected', { timeoutMs: 30_000 });
  await written;
  expect(client.sessionId).toBe(sessionId);
  const { data, stat } = await client.get('/sensors/s1');
  expect(stat.czxid).toBe(czxid);
  expect(data.toString()).toBe('v2');
  expect(states).toEqual(['suspended', 'lost', 'connected']);

  const told = logger.lines
    .filter(({ level }) => level !== 'debug')
    .map(({ level, message }) => `${level}: ${message}`);
  expect(told).toEqual([
    'info: ZooKeeper session established',
    expect.stringMatching(/^warn: The connection to ZooKeeper is interrupted.*check that ZooKeeper runs at /),
    'info: ZooKeeper can be reached again',
  ]);
}, 90_000);

test('a client that starts before its server waits quietly, says so once, and goes on when it is there', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  await zooKeeper.servers[0]!.stop();
  const logger = recordingLogger();
  const client = clients.create({ logger });
  const created = client.ensurePath('/a').then(() => client.create('/a/b', { data: 'x' }));
  const registering = client.register('/sensors', { id: 's', value: 1 });
  await waitFor(() => logger.lines.some(({ level }) => level === 'warn'), { timeoutMs: 10_000 });
  await zooKeeper.servers[0]!.start();
  expect(await created).toBe('/a/b');
  await registering;
  expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
}, 90_000);

test('every wait settles when its signal aborts, while no server can be reached', async () => {
  using nobody = await reserveFreePort();
  await using clients = new TestClients(`127.0.0.1:${nobody.port}`);
  const client = clients.create();
  const signal = AbortSignal.timeout(200);
  const waits = [
    client.connected({ signal }),
    client.create('/a', { signal }),
    client.get('/a', { signal }),
    client.set('/a', 'x', { signal }),
    client.delete('/a', { signal }),
    client.exists('/a', { signal }),
    client.children('/a', { signal }),
    client.ensurePath('/a', { signal }),
    client.readChildren('/a', { signal }),
    client.register('/a', { id: 'i', value: 'v', signal }),
    client.group('/a', { codec: { encode: String, decode: String }, signal }),
    client.election('/a', { id: 'i' }).contenders({ signal }),
    client.election('/a', { id: 'i' }).observe({ signal }).next(),
  ];
  for (const result of await Promise.allSettled(waits)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } });
  }
  await client.election('/a', { id: 'i' }).run(() => {}, { signal });
});

test('every wait settles when the client is closed, while no server can be reached', async () => {
  using nobody = await reserveFreePort();
  await using clients = new TestClients(`127.0.0.1:${nobody.port}`);
  const client = clients.create();
  const waits = [
    client.connected(),
    client.create('/a'),
    client.get('/a'),
    client.ensurePath('/a'),
    client.readChildren('/a'),
    client.register('/a', { id: 'i', value: 'v' }),
    client.election('/a', { id: 'i' }).contenders(),
    client.election('/a', { id: 'i' }).run(() => {}),
  ];
  const settled = Promise.allSettled(waits);
  const states: ConnectionState[] = [];
  const iterated = (async () => {
    for await (const state of client.states()) states.push(state);
  })();
  const observed = client.election('/a', { id: 'i' }).observe().next();
  await client.close();
  await client.close();
  for (const result of await settled) expect(result).toMatchObject({ reason: { code: 'CLIENT_CLOSED' } });
  await iterated;
  expect(states).toEqual(['connecting', 'closed']);
  expect(await observed).toEqual({ done: true, value: undefined });
  await expect(client.get('/a')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('connect gives up after its deadline with what to check, and on abort with the reason', async () => {
  using nobody = await reserveFreePort();
  const hosts = `127.0.0.1:${nobody.port}`;
  await expect(
    connect({ transport: transportUnderTest, hosts, connectTimeoutMs: 200 }),
  ).rejects.toMatchObject({
    code: 'CONNECT_TIMEOUT',
    message: expect.stringContaining(hosts) as string,
  });
  await expect(
    connect({
      transport: transportUnderTest,
      hosts,
      connectTimeoutMs: Infinity,
      signal: AbortSignal.abort(new Error('changed my mind')),
    }),
  ).rejects.toThrow('changed my mind');
  await expect(connect({ transport: transportUnderTest, hosts: 'no port:x' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(
    connect({ transport: transportUnderTest, hosts: 'does-not-exist.invalid:2181', connectTimeoutMs: 500 }),
  ).rejects.toMatchObject({
    code: 'CONNECT_TIMEOUT',
  });
});

test('a server that stands still suspends the client within the session timeout; going on, it serves the same session', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect({ sessionTimeoutMs: 3_000 });
  const { sessionId } = client;
  const server = zooKeeper.servers[0]!;
  await server.pause();
  const read = client.exists('/');
  await waitFor(() => client.state === 'suspended' || client.state === 'lost', { timeoutMs: 10_000 });
  await server.resume();
  // The read that was cut off is repeated, and answered in the end.
  await read;
  await waitFor(() => client.state === 'connected', { timeoutMs: 20_000 });
  expect(typeof sessionId).toBe('bigint');
}, 60_000);
