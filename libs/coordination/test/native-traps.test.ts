import { spawnSync } from 'node:child_process';
import { createServer, get } from 'node:http';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { Worker } from 'node:worker_threads';
import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import { readWindow } from '../src/children/read-values.js';
import { nativeTransport } from '../src/index.js';
import { TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({ controllable: true });
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

test('a connection that breaks while operations are being sent neither aborts the process nor takes over the next socket', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  await client.ensurePath('/a');
  const http = createServer((_request, response) => response.end('fine')).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${portOf(http)}/`;
  const server = zooKeeper.servers[0]!;
  for (let round = 0; round < 5; round++) {
    let sending = true;
    const reads: Promise<unknown>[] = [];
    const send = () => {
      if (!sending) return;
      for (let count = 0; count < 20; count++) reads.push(client.get('/a'));
      setImmediate(send);
    };
    send();
    await server.kill();
    await waitFor(() => client.state !== 'connected', { timeoutMs: 15_000 });
    sending = false;
    // A socket opened now gets the number of the one that was just closed.
    const bodies = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(url)).text()));
    expect(bodies).toEqual(Array.from({ length: 5 }, () => 'fine'));
    await server.start();
    await Promise.all(reads);
  }
  http.close();
  http.closeAllConnections();
}, 120_000);

test('an attempt to connect that fails takes the events of no other socket', async () => {
  // One server that never answers, one that hangs up at once, one that is not there.
  const silent = createTcpServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  const rude = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  const gone = createTcpServer().listen(0, '127.0.0.1');
  await Promise.all([silent, rude, gone].map((server) => once(server, 'listening')));
  const [silentPort, rudePort, gonePort] = [silent, rude, gone].map(portOf);
  gone.close();
  const http = createServer((_request, response) => {
    setTimeout(() => response.end('fine'), Math.random() * 300);
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');

  await using clients = new TestClients(zooKeeper.connectString);
  for (const ports of [[silentPort], [silentPort, rudePort], [silentPort, gonePort], [rudePort, gonePort]]) {
    const hosts = ports.map((port) => `127.0.0.1:${String(port)}`).join();
    for (let count = 0; count < 3; count++) clients.create({ hosts, sessionTimeoutMs: 600 });
  }
  // Sockets come and go all the while, and get the numbers of those that were closed.
  const untilMs = performance.now() + 4_000;
  let answers = 0;
  const askAgainAndAgain = async () => {
    while (performance.now() < untilMs) {
      await new Promise((resolve, reject) => {
        const asked = get({ host: '127.0.0.1', port: portOf(http), agent: false, timeout: 10_000 });
        asked.on('timeout', () => asked.destroy(new Error('a socket was cut off from its events')));
        asked.on('error', reject);
        asked.on('response', (response) => response.resume().on('end', resolve));
      });
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: 12 }, askAgainAndAgain));
  expect(answers).toBeGreaterThan(12);
  for (const server of [silent, rude, http]) server.close();
}, 60_000);

test('a value of 800 kB, which arrives in many parts, does not cost the session', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  await client.ensurePath('/');
  const { sessionId } = client;
  const data = Buffer.alloc(800_000, 'x');
  await client.create('/large', { data });
  for (let round = 0; round < 5; round++) expect((await client.get('/large')).data.equals(data)).toBe(true);
  expect(client.sessionId).toBe(sessionId);
});

test('10,000 values are read in one pass, a window of reads at a time, so that others get their turn', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  let sentInTurn = 0;
  let mostInATurn = 0;
  const client = await clients.connect({
    sessionTimeoutMs: 20_000,
    transport: (options) => {
      const transport = nativeTransport(options);
      const get = transport.get.bind(transport);
      transport.get = (path, watch) => {
        if (sentInTurn === 0) setImmediate(() => (sentInTurn = 0));
        sentInTurn += 1;
        mostInATurn = Math.max(mostInATurn, sentInTurn);
        return get(path, watch);
      };
      return transport;
    },
  });
  await client.ensurePath('/many');
  for (let start = 0; start < 10_000; start += 1_000) {
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        client.createOrSet(`/many/${start + index}`, String(index)),
      ),
    );
  }
  const { children } = await client.readChildren('/many');
  expect(children.size).toBe(10_000);
  expect(mostInATurn).toBeLessThanOrEqual(readWindow);
}, 60_000);

test('a worker thread is refused, since two threads crash the native client', async () => {
  const { build } = { build: new URL('../dist/index.js', import.meta.url).href };
  const worker = new Worker(
    `import('${build}').then(async ({ connect, nativeTransport }) => {
       const { parentPort } = await import('node:worker_threads');
       const error = await connect({ transport: nativeTransport, hosts: '127.0.0.1:1', connectTimeoutMs: 5000 }).catch((e) => e);
       parentPort.postMessage(error.code);
     });`,
    { eval: true },
  );
  const [code] = (await once(worker, 'message')) as [string];
  expect(code).toBe('UNSUPPORTED');
  await worker.terminate();
});

test('nothing is written to stdout or stderr while no server can be reached', () => {
  const build = new URL('../dist/index.js', import.meta.url).href;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { connect, nativeTransport } from '${build}';
       await connect({ transport: nativeTransport, hosts: '127.0.0.1:1', sessionTimeoutMs: 1000, connectTimeoutMs: 2500 }).catch(() => {});`,
    ],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
