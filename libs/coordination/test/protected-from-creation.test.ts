import { waitFor } from '@atalaya/test-kit';
import { type Client, decimalCodec } from '../src/index.js';
import { RecipeBench } from './recipes/support/recipe-bench.js';
import { closeBehind, TestClients } from './support/clients.js';
import { transportUnderTest } from './support/transport-under-test.js';

let bench: RecipeBench;
let clients: TestClients;
beforeAll(async () => {
  bench = await RecipeBench.start();
  clients = new TestClients(bench.proxy.connectString);
}, 90_000);
afterAll(async () => {
  await closeBehind(bench.proxy, () => clients[Symbol.asyncDispose]());
  await bench.close();
});

/** All znodes below a path, and the path itself. */
async function tree(client: Client, path: string): Promise<string[]> {
  const names = await client.children(path);
  return [path, ...(await Promise.all(names.map((name) => tree(client, `${path}/${name}`)))).flat()];
}

test('whatever a client with credentials creates is closed to others from its creation, by no second request', async () => {
  const keeper = await clients.connect({
    transport: transportUnderTest,
    hosts: bench.proxy.connectString + bench.chroot,
    auth: { user: 'keeper', password: 'secret' },
  });
  // What needed a second request would stay open for good.
  await using lost = bench.proxy.dropRequests({ operation: 'setAcl' });
  await keeper.ensurePath('/kept');
  await keeper.create('/kept/created', { data: 'x' });
  await keeper.createOrSet('/kept/created-or-set/deep', 'x');
  await keeper.multi([{ type: 'create', path: '/kept/of-a-multi', data: Buffer.from('x') }]);
  await keeper.register('/kept/sensors', { id: 's1', value: 1, codec: decimalCodec });
  const membership = await keeper.membership('/kept/members', { codec: decimalCodec });
  await membership.join({ id: 'm1', value: 1 });
  await keeper.counter('/kept/counter').add(1n);
  const stop = new AbortController();
  let leads = false;
  const campaign = keeper.election('/kept/election', { id: 'a' }).run(
    async ({ signal }) => {
      leads = true;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    },
    { signal: stop.signal },
  );
  await waitFor(() => leads);
  const held = [
    await keeper.lock('/kept/lock', { id: 'a' }).acquire(),
    await keeper.semaphore('/kept/semaphore', { id: 'a', maxLeases: 2 }).acquire(),
    await keeper.readWriteLock('/kept/read-write', { id: 'a' }).write.acquire(),
  ];

  const paths = await tree(keeper, '/kept');
  // Of each what is named above, and the places in the queues.
  expect(paths.length).toBeGreaterThan(18);
  const read = await Promise.allSettled(paths.map((path) => bench.direct.get(path)));
  const open = paths.filter((_, index) => read[index]?.status === 'fulfilled');
  expect(open).toEqual([]);
  for (const outcome of read) expect(outcome).toMatchObject({ reason: { code: 'NO_AUTHORIZATION' } });
  expect(lost.hits).toBe(0);

  stop.abort();
  await campaign;
  await Promise.all(held.map((each) => each.release()));
});

test('a client whose mechanism the servers do not offer is closed with that as its reason', async () => {
  const client = clients.create({ sasl: { username: 'ann', password: 'secret' } });
  await expect(client.connected()).rejects.toMatchObject({
    code: 'AUTHENTICATION_FAILED',
    message: expect.stringMatching(/credentials of user "ann": .*does not offer SASL's DIGEST-MD5/) as string,
  });
});
