import { startZooKeeper } from '@atalaya/test-kit';
import { openSession } from '../src/index.js';
import { freshPath, Subject } from './support/subject.js';

test('ten thousand values are written by multis and read by multi-reads, each as it was written', async () => {
  await using zooKeeper = await startZooKeeper();
  await using subject = await Subject.connected({ hosts: zooKeeper.connectString, sessionTimeoutMs: 30_000 });
  const { session } = subject;
  const root = freshPath();
  await session.create(root);
  const paths = Array.from({ length: 10_000 }, (_, index) => `${root}/n${index}`);
  const batches = Array.from({ length: 10 }, (_, index) => paths.slice(index * 1_000, (index + 1) * 1_000));
  await Promise.all(
    batches.map((batch) =>
      session.multi(batch.map((path) => ({ kind: 'create', path, data: path }) as const)),
    ),
  );
  const read = await Promise.all(
    batches.map((batch) => session.multiRead(batch.map((path) => ({ kind: 'getData', path }) as const))),
  );
  const values = read.flatMap(({ value }) =>
    value.map((result) => (result.kind === 'getData' ? result.value.data?.toString() : result.error.code)),
  );
  expect(values).toEqual(paths);
  const pipelined = await Promise.all(paths.map((path) => session.getData(path)));
  expect(pipelined.map(({ value }) => value.data?.toString())).toEqual(paths);
});

test('a thousand sessions in one process, each with its znode, are opened and closed', async () => {
  await using zooKeeper = await startZooKeeper({ configuration: { maxClientCnxns: 0 } });
  const root = freshPath();
  await using subject = await Subject.connected({ hosts: zooKeeper.connectString });
  await subject.session.create(root);
  const sessions = Array.from({ length: 1_000 }, () =>
    openSession({ hosts: zooKeeper.connectString, sessionTimeoutMs: 30_000 }),
  );
  await Promise.all(
    sessions.map(async (session) => {
      await session.connected();
      await session.create(`${root}/s-`, { mode: 'ephemeral-sequential' });
    }),
  );
  expect((await subject.session.getChildren(root)).value.names).toHaveLength(1_000);
  await Promise.all(sessions.map((session) => session.close()));
  await subject.session.sync();
  expect((await subject.session.getChildren(root)).value.names).toEqual([]);
}, 90_000);
