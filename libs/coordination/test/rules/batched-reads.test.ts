import { createClient } from '../../src/index.js';
import { passUntil, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

const parent = '/sensors';
const count = 1_000;
const nameOf = (index: number) => `s${String(index).padStart(4, '0')}`;

function setUp(chroot = '') {
  const zooKeeper = new FakeZooKeeper({ isCapable: true });
  for (const path of new Set([chroot || parent, chroot + parent]))
    zooKeeper.tree.create(path, Buffer.alloc(0), 0n, false);
  for (let index = 0; index < count; index++)
    zooKeeper.tree.create(`${chroot}${parent}/${nameOf(index)}`, Buffer.from(String(index)), 0n, false);
  const client = createClient({
    hosts: `fake:1${chroot}`,
    sessionTimeoutMs: 6_000,
    transport: zooKeeper.transport,
  });
  /** One pass; how many values it read, or its error, and at which child each of its requests begins. */
  const read = async () => {
    const before = zooKeeper.log.length;
    let outcome: unknown;
    void client.readChildren(parent).then(
      ({ children }) => (outcome = children.size),
      (error: unknown) => (outcome = error),
    );
    await passUntil(() => outcome !== undefined);
    const begins = zooKeeper.log
      .slice(before)
      .filter(({ operation }) => operation === 'getMany')
      .map(({ path }) => Number(path.slice(-4)));
    return { outcome, begins };
  };
  return { zooKeeper, client, read };
}

async function closed(client: { close(): Promise<void> }): Promise<void> {
  let done = false;
  void client.close().then(() => (done = true));
  await passUntil(() => done);
}

test('once the size of values is known, all requests of a pass are under way together', async () => {
  const { client, read } = setUp();
  expect(await read()).toEqual({ outcome: count, begins: [0, 64, 376, 688] });
  expect(await read()).toEqual({ outcome: count, begins: [0, 334, 668] });
  await closed(client);
});

test('paths that are read again are given to the transport in the same arrays, below a chroot too', async () => {
  for (const chroot of ['', '/root']) {
    const { zooKeeper, client, read } = setUp(chroot);
    await read();
    const given: unknown[] = [];
    const transport = zooKeeper.transports.at(-1)!;
    const getMany = transport.getMany.bind(transport);
    transport.getMany = (paths) => {
      given.push(paths);
      return getMany(paths);
    };
    for (let pass = 0; pass < 2; pass++) expect((await read()).outcome).toBe(count);
    expect(given).toHaveLength(6);
    expect(given.slice(0, 3).every((paths, index) => paths === given[index + 3])).toBe(true);
    await closed(client);
  }
});

test('of larger values fewer are asked for at a time', async () => {
  const { zooKeeper, client, read } = setUp();
  await read();
  zooKeeper.tree.set(`${parent}/${nameOf(7)}`, Buffer.alloc(2_000), undefined);
  await read();
  const { outcome, begins } = await read();
  expect([outcome, begins.slice(0, 3)]).toEqual([count, [0, 126, 252]]);
  await closed(client);
});

test('after a failure the next attempt begins with care', async () => {
  const { zooKeeper, client, read } = setUp();
  await read();
  zooKeeper.transports.at(-1)!.failNext(({ operation }) => operation === 'getMany', 'drop-reply');
  const { outcome, begins } = await read();
  expect([outcome, begins[0], begins.slice(-4)]).toEqual([count, 0, [0, 64, 376, 688]]);
  await closed(client);
});

test('children that are known are asked for right behind the listing, and only what is there counts', async () => {
  const { zooKeeper, client, read } = setUp();
  await read();
  zooKeeper.tree.delete(`${parent}/${nameOf(3)}`);
  zooKeeper.tree.create(`${parent}/new`, Buffer.from('new'), 0n, false);
  const before = zooKeeper.log.length;
  let children: ReadonlyMap<string, { readonly data: Buffer }> | undefined;
  void client.readChildren(parent).then((values) => (children = values.children));
  await passUntil(() => children !== undefined);
  const operations = zooKeeper.log.slice(before).filter(({ operation }) => operation !== 'exists');
  expect(operations.map(({ operation, path }) => `${operation} ${path}`)).toEqual([
    `children ${parent}`,
    `getMany ${parent}/s0000`,
    `getMany ${parent}/s0334`,
    `getMany ${parent}/s0668`,
    `getMany ${parent}/new`,
  ]);
  expect([children!.size, children!.has(nameOf(3)), children!.get('new')?.data.toString()]).toEqual([
    count,
    false,
    'new',
  ]);
  expect([...children!.keys()]).toEqual([...children!.keys()].sort());
  await closed(client);
});

test('a listing that fails takes the reads behind it with it, and the pass is begun anew', async () => {
  const { zooKeeper, client, read } = setUp();
  await read();
  zooKeeper.transports.at(-1)!.failNext(({ operation }) => operation === 'children', 'drop-reply');
  expect((await read()).outcome).toBe(count);
  zooKeeper.transports.at(-1)!.failNext(({ operation }) => operation === 'getMany', 'drop-reply');
  expect((await read()).outcome).toBe(count);
  await closed(client);
});
