import { transportUnderTest } from '../support/transport-under-test.js';
import { randomUUID } from 'node:crypto';
import { waitFor } from '@atalaya/test-kit';
import type { Client } from '../../src/index.js';
import { RecipeBench } from '../recipes/support/recipe-bench.js';
import { closeBehind, interruptionOf, TestClients } from '../support/clients.js';

const auth = { user: 'keeper', password: 'secret' };

let bench: RecipeBench;
let clients: TestClients;
beforeAll(async () => {
  bench = await RecipeBench.start();
}, 90_000);
afterAll(async () => {
  await bench.close();
});
beforeEach(() => {
  clients = new TestClients(bench.proxy.connectString);
});
afterEach(() => closeBehind(bench.proxy, () => clients[Symbol.asyncDispose]()));

/** A path of its own for each test: the sessions of the one before expire only later. */
const fresh = () => `/${randomUUID()}`;
/** A client with credentials behind the proxy, below the bench's chroot. */
const keeper = () =>
  clients.connect({ transport: transportUnderTest, hosts: bench.proxy.connectString + bench.chroot, auth });
/** `direct` is somebody without credentials. */
const expectLeftToKeeper = async (path: string) => {
  await expect(bench.direct.get(path)).rejects.toMatchObject({ code: 'NO_AUTHORIZATION' });
};
const cut = (client: Client) => {
  const interrupted = interruptionOf(client);
  bench.cut(client);
  return interrupted;
};

test.each(['dropRequests', 'dropReplies'] as const)(
  'trap: the access list goes by a second request: a registration whose second one is lost (%s) is protected all the same',
  async (fault) => {
    const client = await keeper();
    const path = fresh();
    await client.ensurePath(path);
    await using lost = bench.proxy[fault]({ operation: 'setAcl', path: /s1$/ });
    const registration = await client.register(path, { id: 's1', value: 1 });
    expect(lost.hits).toBe(1);
    await expectLeftToKeeper(registration.path);
  },
);

test('trap: the access list of a candidate is set all the same', async () => {
  const client = await keeper();
  const path = fresh();
  await client.ensurePath(path);
  await using lost = bench.proxy.dropRequests({ operation: 'setAcl', path: /__lock__/ });
  const stop = new AbortController();
  let leading = false;
  const run = client.election(path, { id: 'a' }).run(
    ({ signal }) => {
      leading = true;
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
    },
    { signal: stop.signal },
  );
  await waitFor(() => leading);
  expect(lost.hits).toBe(1);
  const names = await client.children(path);
  expect(names).toHaveLength(1);
  await expectLeftToKeeper(`${path}/${names[0]!}`);
  stop.abort();
  await run;
});

test('trap: credentials are given on every connection and in every session', async () => {
  const client = await keeper();
  const registration = await client.register(fresh(), { id: 's1', value: 1 });
  for (let round = 0; round < 3; round++) {
    await cut(client);
    await registration.set(round);
    expect((await client.get(registration.path)).data.toString()).toBe(String(round));
  }
  const { sessionId } = client;
  await bench.expire(client);
  await waitFor(async () => {
    const { stat } = await client.get(registration.path).catch(() => ({ stat: undefined }));
    return stat !== undefined && stat.ephemeralOwner === client.sessionId && client.sessionId !== sessionId;
  });
  // The access list comes by a second request, right after the creation.
  await waitFor(() =>
    bench.direct.get(registration.path).then(
      () => false,
      () => true,
    ),
  );
  await expectLeftToKeeper(registration.path);
  await registration.set(9);
  expect((await client.get(registration.path)).data.toString()).toBe('9');
}, 30_000);
