import { startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { type Resolver } from '../src/index.js';
import { freshPath, Subject } from './support/subject.js';

async function ensemble(localSessionsEnabled: boolean): Promise<StartedZooKeeper> {
  return startZooKeeper({
    servers: 3,
    javaOptions: ['-Dreadonlymode.enabled=true'],
    configuration: { localSessionsEnabled, localSessionsUpgradingEnabled: localSessionsEnabled },
  });
}

test('a server that lost its quorum serves reads to whoever asks for them, and to nobody else; with the quorum all is served again', async () => {
  await using zooKeeper = await ensemble(true);
  const path = freshPath();
  const before = await Subject.connected({ hosts: zooKeeper.connectString });
  await before.session.create(path, { data: Buffer.from('seen') });
  await before.session.close();
  const [left, ...others] = zooKeeper.servers;
  for (const other of others) await other.kill();
  // How long a server takes to notice, and to serve again, is its own affair.
  await waitFor(async () => (await left!.fourLetterWord('isro')).trim() === 'ro', {
    timeoutMs: 60_000,
    describe: 'the server that is left to serve reads',
  });

  await using reader = new Subject({ hosts: zooKeeper.connectString, readOnly: true });
  await waitFor(() => reader.connections.length > 0, {
    describe: () => `a session; attempts failed by: ${reader.failedAttempts.map(String).join('; ')}`,
  });
  expect(reader.connections[0]).toMatchObject({ readOnly: true, server: { port: left!.port } });
  expect((await reader.session.getData(path)).value.data?.toString()).toBe('seen');
  await expect(reader.session.setData(path, Buffer.from('x'))).rejects.toMatchObject({
    code: 'NOT_READ_ONLY',
  });
  await using writer = new Subject({ hosts: zooKeeper.connectString });
  await waitFor(() => writer.failedAttempts.length >= 6);
  expect(writer.told).toEqual([]);

  for (const other of others) await other.start();
  await zooKeeper.waitUntilServing();
  await waitFor(() => reader.connections.some(({ readOnly }) => !readOnly));
  expect(reader.session.readOnly).toBe(false);
  await reader.session.setData(path, Buffer.from('written'));
  await writer.saw('connected');
  expect((await writer.session.getData(path)).value.data?.toString()).toBe('written');
  expect(reader.told).not.toContain('expired');
}, 120_000);

test('a server without a quorum is the last choice, and is left as soon as another one with a quorum can be reached', async () => {
  await using zooKeeper = await startZooKeeper({
    servers: 3,
    partitionable: true,
    javaOptions: ['-Dreadonlymode.enabled=true'],
    configuration: { localSessionsEnabled: true, localSessionsUpgradingEnabled: true },
  });
  const [cut, ...others] = zooKeeper.servers;
  const atCut = `${cut!.host}:${cut!.port}`;
  // The others have names, which cannot be looked up at first.
  const hosts = [atCut, ...others.map(({ port }) => `others.example:${port}`)].join();
  let known = false;
  const resolver: Resolver = (host) =>
    host !== 'others.example'
      ? Promise.resolve([host])
      : known
        ? Promise.resolve([others[0]!.host])
        : Promise.reject(new Error(`${host} is not known`));
  await using _partition = zooKeeper.network.isolate(cut!);
  // Until it notices that it is cut off, it serves as before.
  await waitFor(async () => (await cut!.fourLetterWord('isro')).trim() === 'ro');
  await using alone = await Subject.connected({ hosts: atCut, readOnly: true });

  await using moving = new Subject({ hosts, resolver, readOnly: true });
  await moving.saw('connected');
  expect(moving.session.readOnly).toBe(true);
  known = true;
  await waitFor(() => moving.connections.at(-1)?.readOnly === false);
  await moving.session.create(freshPath());
  for (let round = 0; round < 5; round++) {
    await using chooser = new Subject({ hosts, resolver, readOnly: true });
    await chooser.saw('connected');
    expect(chooser.connections.map(({ readOnly }) => readOnly)).toEqual([false]);
  }
  expect(alone.session.readOnly).toBe(true);
}, 120_000);

test('a server without a quorum that gives no local sessions is left with its reason', async () => {
  await using zooKeeper = await ensemble(false);
  const [left, ...others] = zooKeeper.servers;
  for (const other of others) await other.kill();
  await using reader = new Subject({ hosts: `${left!.host}:${left!.port}`, readOnly: true });
  await waitFor(() => reader.failedAttempts.some(({ code }) => code === 'NOT_READ_ONLY'));
  expect(reader.failedAttempts.find(({ code }) => code === 'NOT_READ_ONLY')?.message).toMatch(
    /gave no session: connect failed: the server has no quorum and takes reads only/,
  );
  expect(reader.told).toEqual([]);
}, 120_000);
