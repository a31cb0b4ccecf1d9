import { startEmbeddedTimeSeries } from '../src/index.js';
import { RespClient } from './resp-client.js';
import { startTestServer } from './test-server.js';
import { temporaryFolder } from './temporary-folder.js';
import { usedHeapBytes } from './used-heap.js';

const MIB = 1024 * 1024;

test('objects that do not fit into memory are read again, with all that was written', async () => {
  // Far less than the objects need: they come and go all the time.
  const { client, run, close } = await startTestServer({ objectCacheBytes: 100_000 });
  const names = Array.from({ length: 8_000 }, (_unused, index) => `s${index}`);
  for (let round = 0; round < 3; round++) {
    for (let start = 0; start < names.length; start += 500) {
      const part = names.slice(start, start + 500);
      await client.sendAll(
        part.flatMap((name) => [
          ['TS.ADD', name, String(round * 10), String(round), 'LABELS', 'all', 'yes', 'name', name],
          ['HSET', `h:${name}`, `f${round}`, String(round)],
        ]),
      );
    }
  }
  expect(await run('DBSIZE')).toEqual({ int: 2 * names.length });
  for (const name of ['s0', 's4000', 's7999']) {
    expect(await run(`TS.RANGE ${name} - +`)).toEqual(
      [0, 1, 2].map((round) => [{ int: round * 10 }, { simple: String(round) }]),
    );
    expect(await run(`HGETALL h:${name}`)).toEqual(
      [0, 1, 2].flatMap((round) => [{ bulk: `f${round}` }, { bulk: String(round) }]),
    );
  }
  const grouped = '[[{"bulk":"all=yes"},[],[[{"int":0},{"simple":"8000"}]]]]';
  expect(
    JSON.stringify(await run('TS.MRANGE 0 9 AGGREGATION count 10 FILTER all=yes GROUPBY all REDUCE sum')),
  ).toBe(grouped);
  expect(await run('TS.QUERYINDEX name=(s5,s77) all!=no')).toEqual([{ bulk: 's5' }, { bulk: 's77' }]);
  await run('DEL s5');
  expect(await run('TS.QUERYINDEX name=(s5,s77)')).toEqual([{ bulk: 's77' }]);
  await run('FLUSHALL');
  await run('SET after 1');
  expect(await run('KEYS *')).toEqual([{ bulk: 'after' }]);
  await close();
}, 60_000);

test('compactions are right although their series come and go', async () => {
  const { client, run, close } = await startTestServer({ objectCacheBytes: 1 });
  for (let index = 0; index < 600; index++) {
    await client.sendAll([
      ['TS.CREATE', `s${index}`],
      ['TS.CREATE', `d${index}`],
      ['TS.CREATERULE', `s${index}`, `d${index}`, 'AGGREGATION', 'sum', '10'],
    ]);
  }
  const filler = 'x'.repeat(100_000);
  for (let at = 0; at < 40; at += 4) {
    for (let index = 0; index < 600; index += 60) {
      await client.sendAll([
        ['TS.ADD', `s${index}`, String(at), '1'],
        ['SET', `filler${index}`, filler],
      ]);
    }
  }
  for (let index = 0; index < 600; index += 60) {
    expect(await run(`TS.RANGE d${index} - + LATEST`)).toEqual(
      [
        [0, '3'],
        [10, '2'],
        [20, '3'],
        [30, '2'],
      ].map(([int, simple]) => [{ int }, { simple }]),
    );
  }
  await close();
}, 60_000);

test('more keys than may be are refused, others go on, and deleting makes room', async () => {
  const { client, run, close } = await startTestServer({ maxKeys: 5 });
  for (const key of ['a', 'b', 'c']) await run(`SET ${key} 1`);
  await run('TS.CREATE d');
  await run('HSET e f 1');
  const oom = { error: expect.stringMatching(/^OOM .*5 keys.*maxKeys/) as string };
  expect(await run('SET f 1')).toEqual(oom);
  expect(await run('TS.ADD f 1 1')).toEqual(oom);
  expect(await run('HSET f g 1')).toEqual(oom);
  expect(await run('XADD f * g 1')).toEqual(oom);
  expect(
    await client.sendAll([
      ['SET', 'a', '2'],
      ['TS.ADD', 'd', '1', '1'],
      ['HSET', 'e', 'g', '1'],
    ]),
  ).toEqual([{ simple: 'OK' }, { int: 1 }, { int: 1 }]);
  await run('DEL b');
  expect(await run('SET f 1')).toEqual({ simple: 'OK' });
  await close();
});

test('a hash or stream that grows past its bound is refused, and keeps what it has', async () => {
  const { run, close } = await startTestServer({ maxObjectBytes: 1_000 });
  const large = 'x'.repeat(600);
  const oom = { error: expect.stringMatching(/^OOM .*maxObjectBytes/) as string };
  await run(`HSET h a ${large}`);
  expect(await run(`HSET h b ${large}`)).toEqual(oom);
  expect(await run('HKEYS h')).toEqual([{ bulk: 'a' }]);
  await run(`XADD x 1-1 a ${large}`);
  expect(await run(`XADD x 2-1 a ${large}`)).toEqual(oom);
  expect(await run('XLEN x')).toEqual({ int: 1 });
  expect(await run(`XADD y * a ${large}${large}`)).toEqual(oom);
  expect(await run(`HSET z a ${large}${large}`)).toEqual(oom);
  expect(await run('EXISTS y z')).toEqual({ int: 0 });
  await close();
});

test('values of hostile writers stay on disk, and are there after a restart', async () => {
  const folder = temporaryFolder();
  const options = { dataDir: folder.path, durability: 'process', objectCacheBytes: MIB } as const;
  const server = await startEmbeddedTimeSeries(options);
  const client = await RespClient.open(server.port);
  const value = 'x'.repeat(10_000);
  const before = usedHeapBytes();
  for (let start = 0; start < 10_000; start += 100) {
    await client.sendAll(
      Array.from({ length: 100 }, (_unused, index) => ['SET', `key:${start + index}`, value + String(start)]),
    );
  }
  // 100 MB were written; what is kept of them is the cache and the keys.
  expect(usedHeapBytes() - before).toBeLessThan(30 * MIB);
  client.close();
  await server.close();
  const again = await startEmbeddedTimeSeries(options);
  const reader = await RespClient.open(again.port);
  expect(await reader.send('DBSIZE')).toEqual({ int: 10_000 });
  expect(await reader.send('GET', 'key:9999')).toEqual({ bulk: `${value}9900` });
  reader.close();
  await again.close();
  folder.remove();
}, 60_000);
