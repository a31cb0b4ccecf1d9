import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { creatorAcl, textCodec, type Client, type Group } from '../src/index.js';
import { TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
  proxy = await startFaultProxy({ upstreams: [zooKeeper.servers[0]!] });
}, 90_000);
afterAll(async () => {
  await proxy.close();
  await zooKeeper.close();
});

const path = '/shared';
const codec = textCodec;

/** Two clients below one root: one through the proxy, which watches, and one beside it, which writes. */
async function twoClients(clients: TestClients): Promise<{ watching: Client; writing: Client }> {
  const [watching, writing] = await Promise.all([
    clients.connect(),
    clients.connect({ hosts: zooKeeper.connectString + clients.chroot }),
  ]);
  return { watching, writing };
}

const valuesOf = (group: Group<string>) =>
  Object.fromEntries([...group.snapshot().members].map(([id, { value }]) => [id, value]));

test('caches, a group and watches of one client on one path share one watch, and each sees all until its end', async () => {
  await using clients = new TestClients(proxy.connectString);
  const { watching, writing } = await twoClients(clients);
  await writing.ensurePath('/');
  await writing.create(path, { data: '0' });
  const put = (id: string, data: string) => writing.createOrSet(`${path}/${id}`, data);
  const node = await watching.nodeCache(path, { codec });
  const stop = new AbortController();
  const events: string[] = [];
  const watched = (async () => {
    for await (const event of watching.watch(path, { signal: stop.signal })) events.push(event.type);
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const group = await watching.group(path, { codec });
  const tree = await watching.treeCache(path);
  const second = await watching.nodeCache(path, { codec });

  await writing.set(path, '1');
  await waitFor(() => node.snapshot().value === '1' && second.snapshot().value === '1');
  await waitFor(() => tree.snapshot().nodes.get(path)?.data.toString() === '1');
  await waitFor(() => events.includes('changed'));
  await put('a', '1');
  await waitFor(() => valuesOf(group).a === '1' && tree.snapshot().nodes.has(`${path}/a`));
  await waitFor(() => events.includes('child'));
  await put('a', '2');
  await waitFor(() => valuesOf(group).a === '2');
  await writing.set(path, '2');
  await waitFor(() => node.snapshot().value === '2' && second.snapshot().value === '2');
  await put('a', '3');
  await waitFor(() => tree.snapshot().nodes.get(`${path}/a`)?.data.toString() === '3');

  await tree.close();
  await put('b', '1');
  await put('a', '4');
  await waitFor(() => valuesOf(group).a === '4' && valuesOf(group).b === '1');
  await group.close();
  events.length = 0;
  await put('c', '1');
  await waitFor(() => events.includes('child'));
  stop.abort();
  await watched;
  await writing.set(path, '3');
  await waitFor(() => node.snapshot().value === '3' && second.snapshot().value === '3');
});

test('a child that is created unreadable is set aside, though no recursive watch shows it', async () => {
  await using clients = new TestClients(proxy.connectString);
  const { watching, writing } = await twoClients(clients);
  await writing.ensurePath('/');
  await writing.create(path);
  await using group = await watching.group(path, { codec });
  await writing.create(`${path}/first`, { data: '1' });
  await waitFor(() => valuesOf(group).first === '1');
  const hiding = await clients.connect({ auth: { user: 'other', password: 'secret' } });
  await hiding.create(`${path}/hidden`, { data: 'x', acl: creatorAcl });
  await waitFor(() => group.snapshot().invalid.has('hidden'));
  expect(group.snapshot().invalid.get('hidden')?.error).toMatchObject({ code: 'NO_AUTHORIZATION' });
  await writing.delete(`${path}/hidden`);
  await waitFor(() => !group.snapshot().invalid.has('hidden'));
  expect(valuesOf(group)).toEqual({ first: '1' });
});

test('what changes while cut off is there after the reconnection, in a group and a tree cache, from a parent that comes late', async () => {
  await using clients = new TestClients(proxy.connectString);
  const { watching, writing } = await twoClients(clients);
  await writing.ensurePath('/');
  await using group = await watching.group(path, { codec });
  await using tree = await watching.treeCache(path);
  expect(valuesOf(group)).toEqual({});
  const put = (id: string, data: string) => writing.createOrSet(`${path}/${id}`, data);
  await writing.create(path);
  await put('stays', '1');
  await put('leaves', '1');
  await waitFor(() => valuesOf(group).leaves === '1');
  const refused = await proxy.refuse();
  proxy.cut();
  await waitFor(() => group.snapshot().stale && tree.snapshot().stale);
  await writing.delete(`${path}/leaves`);
  await put('stays', '2');
  await put('joins', '1');
  await refused.lift();
  await waitFor(() => !group.snapshot().stale && !tree.snapshot().stale);
  expect(valuesOf(group)).toEqual({ stays: '2', joins: '1' });
  expect([...tree.snapshot().nodes.keys()].sort()).toEqual([path, `${path}/joins`, `${path}/stays`]);
  // The watch is in place again.
  await put('stays', '3');
  await waitFor(() => valuesOf(group).stays === '3');
  await waitFor(() => tree.snapshot().nodes.get(`${path}/stays`)?.data.toString() === '3');
});
