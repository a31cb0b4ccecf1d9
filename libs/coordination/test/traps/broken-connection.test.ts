import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import {
  nativeTransport,
  parseConnectString,
  type Transport,
  type TransportEvents,
} from '../../src/index.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
let http: Server;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({ controllable: true });
  proxy = await startFaultProxy({ upstreams: zooKeeper.servers });
  http = createServer((_request, response) => response.end('fine')).listen(0, '127.0.0.1');
  await once(http, 'listening');
}, 90_000);
afterEach(() => proxy.passThrough());
afterAll(async () => {
  http.close();
  await proxy.close();
  await zooKeeper.close();
});

/** Asks over a socket that is opened in this very call. */
function ask(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { port } = http.address() as AddressInfo;
    const asked = get({ host: '127.0.0.1', port, agent: false, timeout: 10_000 });
    asked.on('timeout', () => asked.destroy(new Error('the socket was cut off from its events')));
    asked.on('error', reject);
    asked.on('response', (response) => response.resume().on('end', resolve));
  });
}

/** A session, through the proxy where nothing else is said, whose events are counted, and handed on. */
async function opened({
  hosts = proxy.connectString,
  ...events
}: Partial<TransportEvents> & { readonly hosts?: string } = {}) {
  const told: string[] = [];
  const transport: Transport = nativeTransport({
    servers: parseConnectString(hosts).servers,
    sessionTimeoutMs: 6_000,
    events: {
      connected: () => told.push('connected'),
      disconnected: () => {
        told.push('disconnected');
        events.disconnected?.();
      },
      expired: () => told.push('expired'),
      authenticationFailed: () => told.push('authenticationFailed'),
      watch() {},
      contact() {},
      attemptFailed() {},
      failed: () => told.push('failed'),
    },
  });
  await waitFor(() => told.includes('connected'), { timeoutMs: 20_000 });
  return { transport, told };
}

test('trap: sockets opened in the moment in which the connection breaks get their own events', async () => {
  const answers: Promise<unknown>[] = [];
  const server = zooKeeper.servers[0]!;
  const { transport, told } = await opened({
    hosts: zooKeeper.connectString,
    disconnected: () => answers.push(ask(), ask()),
  });
  for (let round = 1; round <= 5; round++) {
    await server.pause();
    const failed = Array.from({ length: 10 }, () =>
      transport.exists('/', false).catch(() => {
        answers.push(ask());
      }),
    );
    await server.kill();
    await Promise.all(failed);
    await server.start();
    await waitFor(() => told.filter((event) => event === 'connected').length > round, { timeoutMs: 20_000 });
  }
  expect(answers.length).toBeGreaterThan(20);
  await Promise.all(answers);
  await transport.close();
}, 90_000);

test('trap: once a server has ended the session, every operation says so', async () => {
  const { transport, told } = await opened();
  const { id } = transport.session!;
  await transport.create('/expiring', Buffer.alloc(0), { ephemeral: true, sequential: false });
  const underWay: Promise<unknown>[] = [];
  await proxy.expireSession(id);
  await waitFor(
    () => {
      underWay.push(transport.exists('/', false));
      return told.includes('expired');
    },
    { timeoutMs: 20_000, intervalMs: 1 },
  );
  underWay.push(transport.exists('/', false), transport.get('/expiring', true));
  const codes = (await Promise.allSettled(underWay)).map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'answered',
  );
  expect(codes.slice(-2)).toEqual(['SESSION_EXPIRED', 'SESSION_EXPIRED']);
  expect(new Set(codes)).not.toContain('CLIENT_CLOSED');
  expect(told.filter((event) => event === 'expired')).toHaveLength(1);
  await transport.close();
}, 30_000);
