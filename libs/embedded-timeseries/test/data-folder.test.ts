import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedDataFolderError, ForeignDataFolderError, startEmbeddedTimeSeries } from '../src/index.js';
import { startChildServer } from './child-server.js';
import { RespClient } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

/** Leaves 5,000 samples and some hundred other keys in the folder. */
async function fill(path: string): Promise<void> {
  const server = await startEmbeddedTimeSeries({ dataDir: path, durability: 'process' });
  const client = await RespClient.open(server.port);
  await client.send('TS.CREATE', 'series');
  const samples = Array.from({ length: 5000 }, (_unused, index) => [
    'series',
    String(index),
    String(index / 7),
  ]);
  for (let start = 0; start < samples.length; start += 500) {
    await client.send('TS.MADD', ...samples.slice(start, start + 500).flat());
  }
  await client.sendAll(
    Array.from({ length: 300 }, (_unused, index) => ['SET', `key-${index}`, 'x'.repeat(100)]),
  );
  client.close();
  await server.close();
}

test('everything is there after a restart', async () => {
  await fill(folder.path);
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path });
  const client = await RespClient.open(server.port);
  expect(await client.send('DBSIZE')).toEqual({ int: 301 });
  expect(await client.send('TS.RANGE', 'series', '-', '+', 'AGGREGATION', 'count', '10000')).toEqual([
    [{ int: 0 }, { simple: '5000' }],
  ]);
  expect(await client.send('TS.RANGE', 'series', '700', '700')).toEqual([[{ int: 700 }, { simple: '100' }]]);
  client.close();
  await server.close();
});

test('a folder with other files is refused and left alone', async () => {
  writeFileSync(join(folder.path, 'thesis.txt'), 'mine');
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path })).rejects.toThrow(ForeignDataFolderError);
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path })).rejects.toThrow(/thesis\.txt/);
  expect(readFileSync(join(folder.path, 'thesis.txt'), 'utf8')).toBe('mine');
});

test('a folder with only folders in it, such as those of other services, is taken', async () => {
  mkdirSync(join(folder.path, 'zookeeper'));
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path });
  await server.close();
});

test('a file that is no database is refused', async () => {
  writeFileSync(join(folder.path, 'data.mdb'), Buffer.alloc(100_000, 'no database '));
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path })).rejects.toThrow(DamagedDataFolderError);
});

test('an empty file in place of the database is refused, not taken for an empty store', async () => {
  await fill(folder.path);
  truncateSync(join(folder.path, 'data.mdb'), 0);
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path })).rejects.toThrow(DamagedDataFolderError);
  expect(readFileSync(join(folder.path, 'data.mdb'))).toHaveLength(0);
});

test('a start that died while it made the database leaves nothing that hinders the next one', async () => {
  writeFileSync(join(folder.path, '.creating'), '');
  writeFileSync(join(folder.path, 'data.mdb'), '');
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path });
  await server.close();
  // From now on an empty file is one that has lost its contents.
  truncateSync(join(folder.path, 'data.mdb'), 0);
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path })).rejects.toThrow(/it is empty/);
});

test.each(['/proc/x', '/proc/self/x/y', '/dev/null/x'])(
  'a folder that cannot be made ends the start with a message: %s',
  async (path) => {
    const child = await startChildServer(path);
    await child.kill();
    expect(child.refusal).toMatch(/^DATA_FOLDER The data folder .* cannot be used/);
    expect(child.refusal).toContain(path);
  },
);

test.each([0.1, 0.5, 0.9])(
  'a database cut off at %d of its length is refused or loses nothing',
  async (part) => {
    await fill(folder.path);
    const file = join(folder.path, 'data.mdb');
    truncateSync(file, Math.floor(readFileSync(file).length * part));
    const child = await startChildServer(folder.path);
    await child.kill();
    expect(child.refusal).toMatch(/^DATA_FOLDER_DAMAGED .*data\.mdb/);
  },
);

test('overwritten pages are refused with a message, never a crash', async () => {
  await fill(folder.path);
  const file = join(folder.path, 'data.mdb');
  const intact = readFileSync(file);
  for (let page = 2; page < intact.length / 4096; page += Math.ceil(intact.length / 4096 / 12)) {
    const damaged = Buffer.from(intact);
    damaged.fill(0xa5, page * 4096, (page + 1) * 4096);
    writeFileSync(file, damaged);
    const child = await startChildServer(folder.path);
    if (child.refusal === undefined) {
      // The page was not in use, or holds samples: those are checked when they are read.
      const client = await RespClient.open(child.port);
      const reply = await client.send('TS.RANGE', 'series', '-', '+', 'AGGREGATION', 'count', '10000');
      const whole = [[{ int: 0 }, { simple: '5000' }]];
      const isWhole = JSON.stringify(reply) === JSON.stringify(whole);
      expect(isWhole ? { error: 'damaged' } : reply).toEqual({
        error: expect.stringContaining('damaged') as string,
      });
      client.close();
    } else {
      expect(child.refusal).toMatch(/^DATA_FOLDER_(?:DAMAGED|FOREIGN) /);
    }
    await child.kill();
  }
}, 120_000);

test('a second process on the folder is refused, naming the folder and the holder', async () => {
  const holder = await startChildServer(folder.path);
  const second = await startChildServer(folder.path);
  expect(second.refusal).toMatch(/^DATA_FOLDER_IN_USE /);
  expect(second.refusal).toContain(folder.path);
  expect(second.refusal).toContain(`process ${holder.pid}`);
  await holder.kill();
  const third = await startChildServer(folder.path);
  expect(third.refusal).toBeUndefined();
  await third.kill();
}, 60_000);

test('a second server in the same process is refused', async () => {
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path });
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path })).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
  });
  await server.close();
  const again = await startEmbeddedTimeSeries({ dataDir: folder.path });
  await again.close();
});

test('of several processes that start at once after a crash, exactly one gets the folder', async () => {
  const crashed = await startChildServer(folder.path);
  await crashed.kill();
  const children = await Promise.all([1, 2, 3, 4].map(() => startChildServer(folder.path)));
  const refused = children.filter(({ refusal }) => refusal?.startsWith('DATA_FOLDER_IN_USE ') === true);
  expect([children.filter(({ refusal }) => refusal === undefined).length, refused.length]).toEqual([1, 3]);
  await Promise.all(children.map((child) => child.kill()));
}, 60_000);

test('a folder with a very long path can be locked', async () => {
  const path = join(folder.path, 'a'.repeat(120), 'b'.repeat(120));
  const server = await startEmbeddedTimeSeries({ dataDir: path });
  await expect(startEmbeddedTimeSeries({ dataDir: path })).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
  });
  await server.close();
});

test('hosts other than loopback are refused', async () => {
  await expect(startEmbeddedTimeSeries({ dataDir: folder.path, host: '0.0.0.0' })).rejects.toMatchObject({
    code: 'NOT_LOOPBACK',
  });
});
