import { startEmbeddedTimeSeries } from '../src/index.js';
import { RespClient } from './resp-client.js';
import { startTestServer, type TestServer } from './test-server.js';
import { temporaryFolder } from './temporary-folder.js';

let fixture: TestServer;
beforeEach(async () => {
  fixture = await startTestServer();
});
afterEach(async () => {
  await fixture.close();
});

/** Asks again until the key has ended by itself. */
async function untilGone(key: string): Promise<void> {
  while ((await fixture.run(`GET ${key}`)) !== null) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('SET looks at what there is where it is asked to', async () => {
  expect(await fixture.run('SET a 1 XX')).toBeNull();
  expect(await fixture.run('SET a 1 NX')).toEqual({ simple: 'OK' });
  expect(await fixture.run('SET a 2 NX')).toBeNull();
  expect(await fixture.run('SET a 2 NX GET')).toEqual({ bulk: '1' });
  expect(await fixture.run('SET a 3 XX GET')).toEqual({ bulk: '1' });
  expect(await fixture.run('GET a')).toEqual({ bulk: '3' });
});

test('a value with an end is gone for every command, also after a restart', async () => {
  await fixture.run('SET a 1 PX 20');
  await fixture.run('SET b 1 EX 1000');
  await untilGone('a');
  expect(await fixture.run('EXISTS a b')).toEqual({ int: 1 });
  expect(await fixture.run('DBSIZE')).toEqual({ int: 1 });
  expect(await fixture.run('TTL a')).toEqual({ int: -2 });
  await fixture.run('SET b 2 KEEPTTL');
  expect(await fixture.run('TTL b')).toEqual({ int: 1000 });
  await fixture.run('SET b 3');
  expect(await fixture.run('TTL b')).toEqual({ int: -1 });

  const folder = temporaryFolder();
  const first = await startEmbeddedTimeSeries({ dataDir: folder.path, durability: 'process' });
  const writer = await RespClient.open(first.port);
  await writer.sendAll([
    ['SET', 'kept', '1', 'EX', '1000'],
    ['SET', 'short', '1', 'PX', '1'],
  ]);
  writer.close();
  await first.close();
  const second = await startEmbeddedTimeSeries({ dataDir: folder.path, durability: 'process' });
  const client = await RespClient.open(second.port);
  expect(await client.send('KEYS', '*')).toEqual([{ bulk: 'kept' }]);
  expect(await client.send('PERSIST', 'kept')).toEqual({ int: 1 });
  expect(await client.send('TTL', 'kept')).toEqual({ int: -1 });
  client.close();
  await second.close();
  folder.remove();
});

test('EXEC runs nothing after a watched key has changed, whatever it holds', async () => {
  const other = await RespClient.open(fixture.server.port);
  await fixture.run('TS.CREATE s');
  const changes = [
    ['SET', 'a', '1'],
    ['TS.ADD', 's', '1', '1'],
    ['HSET', 'h', 'f', 'v'],
    ['DEL', 'a'],
    ['XADD', 'x', '*', 'f', 'v'],
  ];
  for (const change of changes) {
    await fixture.run('WATCH a s h x');
    await other.send(...change);
    expect(await fixture.client.sendAll([['MULTI'], ['SET', 'done', '1'], ['EXEC']])).toEqual([
      { simple: 'OK' },
      { simple: 'QUEUED' },
      null,
    ]);
  }
  expect(await fixture.run('EXISTS done')).toEqual({ int: 0 });
  await fixture.run('WATCH a');
  await other.send('SET', 'b', '1');
  expect((await fixture.client.sendAll([['MULTI'], ['SET', 'done', '1'], ['EXEC']])).at(-1)).toEqual([
    { simple: 'OK' },
  ]);
  await fixture.run('WATCH b');
  await other.send('SET', 'b', '2');
  await fixture.run('UNWATCH');
  expect((await fixture.client.sendAll([['MULTI'], ['EXEC']])).at(-1)).toEqual([]);
  other.close();
});
