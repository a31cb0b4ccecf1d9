import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactTimeSeries, startEmbeddedTimeSeries } from '../src/index.js';
import { startChildServer } from './child-server.js';
import { maintain } from './maintenance-process.js';
import { RespClient } from './resp-client.js';
import { canMount, mountSmallDisk, unmount } from './small-disk.js';
import { temporaryFolder } from './temporary-folder.js';

const KEYS = Array.from({ length: 30 }, (_unused, index) => `series-${index}`);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

function dataBytes(): number {
  return statSync(join(folder.path, 'data.mdb')).size;
}

/** 30 series of 1,000 samples each. */
async function fill(client: RespClient): Promise<void> {
  await client.sendAll(KEYS.map((key) => ['TS.CREATE', key]));
  for (let start = 0; start < 1000; start += 500) {
    await client.sendAll(
      KEYS.map((key) => [
        'TS.MADD',
        ...Array.from({ length: 500 }, (_unused, index) => [
          key,
          String(start + index),
          String(Math.random()),
        ]).flat(),
      ]),
    );
  }
}

async function whileServing(work: (client: RespClient) => Promise<void>): Promise<void> {
  const server = await startEmbeddedTimeSeries({ dataDir: folder.path, durability: 'process' });
  try {
    const client = await RespClient.open(server.port);
    try {
      await work(client);
    } finally {
      client.close();
    }
  } finally {
    await server.close();
  }
}

test.each([
  ['deleted key by key', KEYS.map((key) => ['DEL', key])],
  ['cleared', [['FLUSHALL']]],
])(
  'the file does not grow when as much is written again as was %s',
  async (_how, deletion) => {
    await whileServing(async (client) => {
      const sizes: number[] = [];
      for (let cycle = 0; cycle < 10; cycle++) {
        await fill(client);
        sizes.push(dataBytes());
        await client.sendAll(deletion);
      }
      // LMDB keeps the pages of the latest transactions, hence some growth; without reuse it would be the tenfold.
      expect(Math.max(...sizes)).toBeLessThan(sizes[0]! * 4);
    });
  },
  30_000,
);

test('a compaction gives the disk back what was deleted, and keeps the rest', async () => {
  await whileServing(fill);
  await whileServing(async (client) => {
    await client.send('TS.ADD', 'kept', '7', '1.5', 'LABELS', 'room', 'attic');
    await client.sendAll(KEYS.map((key) => ['DEL', key]));
  });
  const before = dataBytes();
  expect(await maintain('compactTimeSeries', { dataDir: folder.path })).toEqual({
    bytesBefore: before,
    bytesAfter: dataBytes(),
    contents: { keys: 1, series: 1, samples: 1, records: 2 },
  });
  expect(before).toBeGreaterThan(400_000);
  expect(dataBytes()).toBeLessThan(50_000);
  await whileServing(async (client) => {
    expect(await client.send('TS.MGET', 'FILTER', 'room=attic')).toEqual([
      [{ bulk: 'kept' }, [], [{ int: 7 }, { simple: '1.5' }]],
    ]);
    expect(await client.send('TS.ADD', 'kept', '8', '1')).toEqual({ int: 8 });
  });
});

test('a folder that a server uses is not compacted, one that is missing is not made', async () => {
  const server = await startChildServer(folder.path);
  expect(await maintain('compactTimeSeries', { dataDir: folder.path })).toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    message: expect.stringContaining(`process ${server.pid}`) as string,
  });
  await server.kill();
  const missing = join(folder.path, 'none');
  expect(await maintain('compactTimeSeries', { dataDir: missing })).toMatchObject({ code: 'DATA_FOLDER' });
  expect(existsSync(missing)).toBe(false);
});

// A reader of the results sees where this one could not run.
const testAsRoot = canMount() ? test : test.skip;

testAsRoot('on a disk without room for a second file a compaction leaves the first as it is', async () => {
  mountSmallDisk(folder.path);
  try {
    await whileServing(async (client) => {
      for (let index = 0; index < 16; index++) await client.send('SET', `key-${index}`, 'x'.repeat(90_000));
    });
    writeFileSync(join(folder.path, 'ballast'), Buffer.alloc(1.25 * 1024 * 1024));
    await expect(compactTimeSeries({ dataDir: folder.path })).rejects.toThrow(
      /no space left.* It is as it was\.$/i,
    );
    expect(readdirSync(folder.path)).not.toContain('.compacting');
    rmSync(join(folder.path, 'ballast'));
    await whileServing(async (client) => {
      expect(await client.send('DBSIZE')).toEqual({ int: 16 });
    });
  } finally {
    unmount(folder.path);
  }
});

test('killed at any moment, a compaction leaves all samples', async () => {
  await whileServing(fill);
  for (let attempt = 0; attempt < 2; attempt++) {
    const killer = new AbortController();
    const done = maintain('compactTimeSeries', { dataDir: folder.path }, { signal: killer.signal });
    const state = { isDone: false };
    void done.then(() => {
      state.isDone = true;
    });
    while (!state.isDone && !existsSync(join(folder.path, '.compacting'))) await new Promise(setImmediate);
    killer.abort();
    await done;
    await whileServing(async (client) => {
      expect(
        await client.send('TS.RANGE', KEYS[attempt]!, '-', '+', 'AGGREGATION', 'count', '10000'),
      ).toEqual([[{ int: 0 }, { simple: '1000' }]]);
    });
  }
}, 30_000);

test('of compactions and starts at one time, each gets the folder or is refused, and no write is lost', async () => {
  await whileServing(fill);
  for (let round = 0; round < 3; round++) {
    const compaction = compactTimeSeries({ dataDir: folder.path }).catch((error: unknown) => error);
    const other = maintain('compactTimeSeries', { dataDir: folder.path });
    const server = await startChildServer(folder.path);
    if (server.refusal === undefined) {
      const client = await RespClient.open(server.port);
      await client.send('SET', `round-${round}`, 'there');
      client.close();
      await Promise.all([compaction, other]);
      await server.kill();
      await whileServing(async (reader) => {
        expect(await reader.send('GET', `round-${round}`)).toEqual({ bulk: 'there' });
      });
    } else {
      expect(server.refusal).toMatch(/^DATA_FOLDER_IN_USE /);
      await Promise.all([compaction, other]);
    }
    await server.kill();
  }
}, 30_000);
