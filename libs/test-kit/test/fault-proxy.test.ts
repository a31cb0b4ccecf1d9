import { connect } from 'node:net';
import {
  type FaultProxy,
  fourLetterWord,
  reserveFreePort,
  startFaultProxy,
  startZooKeeper,
  type StartedZooKeeper,
  waitFor,
} from '../src/index.js';
import { RawClient } from './raw-client.js';

const NODE_EXISTS = -110;
const NODE_CREATED = 1;

let zk: StartedZooKeeper;
let proxy: FaultProxy;
let direct: RawClient;
let clients: RawClient[];
let nodeNumber = 0;

beforeAll(async () => {
  zk = await startZooKeeper({ controllable: true });
  direct = RawClient.open(zk.connectString, undefined, 60_000);
  await waitFor(() => direct.greeted);
}, 90_000);
afterAll(async () => {
  direct.destroy();
  await zk.close();
});

beforeEach(async () => {
  clients = [];
  proxy = await startFaultProxy({ upstreams: zk.servers });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
});

function openClient(
  ...session: Parameters<typeof RawClient.open> extends [string, ...infer Rest] ? Rest : never
): RawClient {
  const client = RawClient.open(proxy.connectString, ...session);
  clients.push(client);
  return client;
}

async function connectedClient(): Promise<RawClient> {
  const client = openClient();
  await waitFor(() => client.sessionId, { describe: 'a session through the proxy' });
  return client;
}

const newPath = (): string => `/node-${++nodeNumber}`;

/** Error code of looking for a node past the proxy. */
async function existsError(path: string): Promise<number> {
  const xid = direct.watch(path);
  return (await waitFor(() => direct.reply(xid))).error;
}

async function replyOf(client: RawClient, xid: number): Promise<number> {
  return (await waitFor(() => client.reply(xid), { describe: 'a reply' })).error;
}

test('hands everything on, overhears sessions and counts', async () => {
  const client = await connectedClient();
  const path = newPath();
  expect(await replyOf(client, client.watch(path))).toBe(-101);
  expect(await replyOf(client, client.create(path))).toBe(0);
  await waitFor(() => client.events.length === 1, { describe: 'the event of the watch' });
  expect(client.events).toEqual([{ type: NODE_CREATED, path }]);

  expect(proxy.sessions.get(client.sessionId)).toEqual({
    id: client.sessionId,
    password: client.password,
    timeoutMs: client.timeoutMs,
  });
  expect(proxy.counters).toMatchObject({
    accepted: 1,
    cut: 0,
    requests: { exists: 1, create: 1 },
    replies: 2,
    events: 1,
    dropped: 0,
  });
});

test('hands four letter words on', async () => {
  await expect(fourLetterWord(proxy.links[0]!, 'ruok')).resolves.toBe('imok');
  await expect(fourLetterWord(proxy.links[0]!, 'srvr')).resolves.toContain('Mode: standalone');
});

test('loses the reply to the second create alone, which the server has done, and cuts the connection', async () => {
  const client = await connectedClient();
  const [first, second] = [newPath(), newPath()];
  const fault = proxy.dropReplies({ operation: ['create', 'create2'], nth: 2 });
  expect(await replyOf(client, client.create(first))).toBe(0);

  const xid = client.create(second);
  await waitFor(() => client.closed, { describe: 'the connection to be cut' });

  expect(client.reply(xid)).toBeUndefined();
  expect(fault.hits).toBe(1);
  expect(await existsError(second)).toBe(0);
});

test('the reply before a lost one arrives, be it in the same packet', async () => {
  const client = await connectedClient();
  proxy.dropReplies({ operation: 'create', nth: 2 });
  const stall = proxy.stall({ direction: 'toServer' });
  const xids = [client.create(newPath()), client.create(newPath())];
  await waitFor(() => proxy.counters.requests.create === 2);
  await stall.lift();
  await waitFor(() => client.closed);
  expect(client.replies.map(({ xid }) => xid)).toEqual([xids[0]]);
});

test('loses only replies to requests on a path that matches', async () => {
  const client = await connectedClient();
  const path = newPath();
  const fault = proxy.dropReplies({ operation: 'create', path: /lost/ });
  expect(await replyOf(client, client.create(path))).toBe(0);
  expect(fault.hits).toBe(0);

  client.create(`${path}-lost`);
  await waitFor(() => client.closed);
  expect(fault.hits).toBe(1);
});

test('after a swallowed reply the connection stays and says nothing more', async () => {
  const client = await connectedClient();
  const path = newPath();
  proxy.dropReplies({ operation: 'create', then: 'swallow' });
  client.create(path);
  await waitFor(() => proxy.counters.dropped === 1);
  client.ping();
  await waitFor(() => proxy.counters.dropped === 2, { describe: 'the ping to be swallowed' });
  expect(client.replies).toEqual([]);
  expect(client.closed).toBe(false);

  await proxy.passThrough();
  await waitFor(() => client.closed, { describe: 'the damaged connection to be cut' });
});

test('loses a request before the server sees it', async () => {
  const client = await connectedClient();
  const path = newPath();
  proxy.dropRequests({ operation: 'create', path });
  client.create(path);
  await waitFor(() => client.closed);
  expect(await existsError(path)).toBe(-101);
});

test('loses a watch event and nothing else', async () => {
  const client = await connectedClient();
  const path = newPath();
  await replyOf(client, client.watch(path));
  proxy.dropEvents({ type: 'created', path, then: 'pass' });
  expect(await replyOf(client, client.create(path))).toBe(0);
  expect(await replyOf(client, client.ping())).toBe(0);
  expect(client.events).toEqual([]);
  expect(proxy.counters).toMatchObject({ events: 1, dropped: 1 });
});

test('delays one direction, in order, and not the other', async () => {
  const client = await connectedClient();
  const delayMs = 300;
  const fault = proxy.delay({ direction: 'toClient', delayMs });
  const path = newPath();
  const before = performance.now();
  const xids = [client.create(path), client.create(path)];
  // The server has it long before the client hears of it.
  await waitFor(async () => (await existsError(path)) === 0, { intervalMs: 5 });
  expect(client.replies).toEqual([]);

  expect(await replyOf(client, xids[1]!)).toBe(NODE_EXISTS);
  expect(performance.now() - before).toBeGreaterThanOrEqual(delayMs);
  expect(client.replies.map(({ xid }) => xid)).toEqual(xids);

  await fault.lift();
  expect(await replyOf(client, client.ping())).toBe(0);
});

test('a stall keeps everything back and hands it on when it is lifted', async () => {
  const client = await connectedClient();
  const path = newPath();
  const fault = proxy.stall({ direction: 'toServer' });
  const xid = client.create(path);
  await waitFor(() => proxy.counters.requests.create === 1);
  expect(await existsError(path)).toBe(-101);

  await fault.lift();
  expect(await replyOf(client, xid)).toBe(0);
});

test('half-open: the server does not learn that the client has gone, nor a new client that nobody answers', async () => {
  const client = await connectedClient();
  const path = newPath();
  await replyOf(client, client.create(path));
  const fault = proxy.halfOpen();
  client.destroy();
  const newcomer = openClient();
  await waitFor(() => proxy.counters.dropped > 0, { describe: 'the connect request to be swallowed' });
  expect(newcomer.greeted).toBe(false);
  expect(newcomer.closed).toBe(false);
  const sessions = await zk.servers[0]!.fourLetterWord('cons');
  expect(sessions).toContain(`sid=0x${client.sessionId.toString(16)}`);

  await fault.lift();
  await waitFor(() => newcomer.closed, { describe: 'the connection without an answer to be cut' });
  await waitFor(
    async () => !(await zk.servers[0]!.fourLetterWord('cons')).includes(client.sessionId.toString(16)),
  );
});

test('cuts the connections in scope alone', async () => {
  const [one, other] = [await connectedClient(), await connectedClient()];
  expect(proxy.cut({ where: ({ session }) => session?.id === one.sessionId })).toBe(1);
  await waitFor(() => one.closed);
  expect(other.closed).toBe(false);
  expect(proxy.connections.map(({ session }) => session?.id)).toEqual([other.sessionId]);
  expect(proxy.counters.cut).toBe(1);
});

test('refuses new connections until the refusal is lifted, and leaves the others alone', async () => {
  const client = await connectedClient();
  const { port } = proxy.links[0]!;
  const fault = await proxy.refuse();
  const refused = await new Promise((resolve) => {
    connect({ host: '127.0.0.1', port }).once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code);
    });
  });
  expect(refused).toBe('ECONNREFUSED');
  // Nobody else draws the port meanwhile.
  await expect(reserveFreePort('127.0.0.1', () => port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  expect(await replyOf(client, client.ping())).toBe(0);

  await fault.lift();
  expect(proxy.links[0]!.port).toBe(port);
  await connectedClient();
});

test('forgets connections that have ended, on either side', async () => {
  const client = await connectedClient();
  expect(proxy.connections).toHaveLength(1);
  client.destroy();
  await waitFor(() => proxy.connections.length === 0, { describe: 'the proxy to forget the connection' });

  await fourLetterWord(proxy.links[0]!, 'ruok');
  await waitFor(() => proxy.connections.length === 0, { describe: 'the proxy to forget the connection' });
  expect(proxy.counters).toMatchObject({ accepted: 2, cut: 0, unreachable: 0 });
});

test('a cut client resumes its session through the proxy', async () => {
  const client = await connectedClient();
  proxy.cut();
  const again = openClient(client);
  await waitFor(() => again.greeted);
  expect(again.sessionId).toBe(client.sessionId);
});

test('expires a session truly: its nodes are gone, its client is cut and gets no session back', async () => {
  const client = await connectedClient();
  const path = newPath();
  await replyOf(client, client.create(path));
  await proxy.expireSession(client.sessionId);

  expect(await existsError(path)).toBe(-101);
  await waitFor(() => client.closed);
  const again = openClient(client);
  await waitFor(() => again.greeted);
  expect(again.sessionId).toBe(0n);

  await expect(proxy.expireSession(client.sessionId)).rejects.toMatchObject({ code: 'SESSION_NOT_RESUMED' });
  await expect(proxy.expireSession(1n)).rejects.toMatchObject({ code: 'SESSION_NOT_RESUMED' });
});

test('a client that is back at once does not take its expiring session over', async () => {
  for (let round = 0; round < 20; round++) {
    let client = await connectedClient();
    const session = { sessionId: client.sessionId, password: client.password };
    const reconnecting = setInterval(() => {
      if (client.closed) client = openClient(session);
    }, 1);
    try {
      await proxy.expireSession(session.sessionId);
      await waitFor(() => client.greeted && client.sessionId === 0n, {
        describe: 'the client to learn that its session is over',
      });
    } finally {
      clearInterval(reconnecting);
    }
  }
});

test('a server that is away closes the connection, and is there again afterwards', async () => {
  await zk.servers[0]!.kill();
  const client = openClient();
  await waitFor(() => client.closed);
  expect(proxy.counters.unreachable).toBe(1);
  await zk.servers[0]!.start();
  await connectedClient();
  direct = RawClient.open(zk.connectString, undefined, 60_000);
  await waitFor(() => direct.greeted);
}, 90_000);

test('is given servers to stand before', async () => {
  await expect(startFaultProxy({ upstreams: [] })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});
