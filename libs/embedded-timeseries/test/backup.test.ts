import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { backUpTimeSeries, checkBackup, restoreTimeSeries, startEmbeddedTimeSeries } from '../src/index.js';
import { type ChildServer, startChildServer } from './child-server.js';
import { maintain } from './maintenance-process.js';
import { RespClient, type Transcribed } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

const KEYS = Array.from({ length: 40 }, (_unused, index) => `series-${index}`);

let folder: ReturnType<typeof temporaryFolder>;
let dataDir: string;
let backup: string;
const servers = new Set<ChildServer>();

beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder.path, 'data');
  backup = join(folder.path, 'backup');
});
afterEach(async () => {
  await Promise.all([...servers].map((server) => server.kill()));
  servers.clear();
  folder.remove();
});

async function start(path = dataDir): Promise<{ server: ChildServer; client: RespClient }> {
  const server = await startChildServer(path);
  servers.add(server);
  expect(server.refusal).toBeUndefined();
  return { server, client: await RespClient.open(server.port) };
}

/** Writes 20 samples to each series, at timestamps of the round. */
async function writeRound(client: RespClient, round: number): Promise<void> {
  const commands = KEYS.map((key) => [
    'TS.MADD',
    ...Array.from({ length: 20 }, (_unused, index) => [
      key,
      String(round * 20 + index),
      String(round / 7),
    ]).flat(),
  ]);
  await client.sendAll(commands);
}

async function createSeries(client: RespClient): Promise<void> {
  await client.sendAll(KEYS.map((key) => ['TS.CREATE', key]));
}

/** What every series has up to a timestamp. */
async function rangesUpTo(client: RespClient, timestamp: number): Promise<Transcribed[]> {
  return client.sendAll(KEYS.map((key) => ['TS.RANGE', key, '-', String(timestamp)]));
}

/** A data folder with all kinds of keys, in use by nobody. */
async function fillAndStop(path = dataDir): Promise<void> {
  const server = await startEmbeddedTimeSeries({ dataDir: path, durability: 'process' });
  const client = await RespClient.open(server.port);
  await createSeries(client);
  for (let round = 0; round < 20; round++) await writeRound(client, round);
  await client.sendAll([
    ['SET', 'string', 'text'],
    ['HSET', 'hash', 'field', 'value'],
    ['XADD', 'stream', '1-1', 'field', 'value'],
  ]);
  client.close();
  await server.close();
}

/** Repeats something until a promise has settled or a condition is met. */
async function repeat(
  work: (turn: number) => Promise<void>,
  until: Promise<unknown>,
  isMet: () => boolean = () => false,
): Promise<number> {
  const state = { isSettled: false };
  void until.then(() => {
    state.isSettled = true;
  });
  let turn = 0;
  while (!state.isSettled && !isMet()) await work(turn++);
  return turn;
}

test('a backup of a folder whose journal has records from all over the data file', async () => {
  const keys = Array.from({ length: 6_000 }, (_unused, index) => `key-${index}`);
  const { server, client } = await start();
  await client.sendAll(keys.map((key) => ['SET', key, 'a'.repeat(1_000)]));
  await server.kill();
  // The data file has them now. What the journal has later is brought into the copy, from which it frees every fourth
  // page: a list that is longer than a page, as no two of them are neighbours.
  const { client: again } = await start();
  const changed = keys.filter((_key, index) => index % 12 === 0);
  await again.sendAll(changed.map((key) => ['SET', key, 'b'.repeat(1_000)]));
  expect(await maintain('backUpTimeSeries', { dataDir, target: backup })).toMatchObject({
    contents: { keys: keys.length },
  });
  const restored = join(folder.path, 'restored');
  await restoreTimeSeries({ backup, dataDir: restored });
  const { client: reader } = await start(restored);
  expect(await reader.sendAll(changed.map((key) => ['GET', key]))).toEqual(
    changed.map(() => ({ bulk: 'b'.repeat(1_000) })),
  );
});

test('a backup made during writes, by another process, holds all that was acknowledged before it began', async () => {
  const { client } = await start();
  await createSeries(client);
  for (let round = 0; round < 30; round++) await writeRound(client, round);
  const before = await rangesUpTo(client, 30 * 20 - 1);
  const made = maintain('backUpTimeSeries', { dataDir, target: backup });
  // Also removes what was written, so that pages of the snapshot would be used again if they could.
  const turns = await repeat(async (turn) => {
    await writeRound(client, 30 + turn);
    await client.sendAll(KEYS.map((key) => ['TS.DEL', key, String((30 + turn) * 20), '+']));
  }, made);
  expect(await made).toMatchObject({ contents: { keys: KEYS.length, series: KEYS.length } });
  await writeRound(client, 30 + turns);
  client.close();

  const restored = join(folder.path, 'restored');
  expect(await maintain('restoreTimeSeries', { backup, dataDir: restored })).toEqual(await made);
  const { client: reader } = await start(restored);
  expect(await rangesUpTo(reader, 30 * 20 - 1)).toEqual(before);
  reader.close();
}, 60_000);

test('every kind of key is restored, and the restored folder is written to as any other', async () => {
  await fillAndStop();
  expect(await backUpTimeSeries({ dataDir, target: backup })).toMatchObject({
    contents: { keys: 43, series: 40, samples: 40 * 400 },
  });
  const restored = join(folder.path, 'restored');
  await restoreTimeSeries({ backup, dataDir: restored });
  const { client } = await start(restored);
  expect(
    await client.sendAll([
      ['GET', 'string'],
      ['HGETALL', 'hash'],
      ['XLEN', 'stream'],
      ['TS.ADD', 'series-0', '1000000', '1'],
      ['DBSIZE'],
    ]),
  ).toEqual([
    { bulk: 'text' },
    [{ bulk: 'field' }, { bulk: 'value' }],
    { int: 1 },
    { int: 1_000_000 },
    { int: 43 },
  ]);
  client.close();
}, 30_000);

describe('a backup is refused', () => {
  const made = temporaryFolder();
  beforeAll(async () => {
    const source = join(made.path, 'data');
    await fillAndStop(source);
    await backUpTimeSeries({ dataDir: source, target: join(made.path, 'backup') });
  });
  afterAll(() => {
    made.remove();
  });
  beforeEach(() => {
    cpSync(made.path, folder.path, { recursive: true });
  });

  test.each<[string, (file: string) => void, string, RegExp]>([
    [
      'when a byte of it is another',
      (file) => {
        const bytes = readFileSync(file);
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
        writeFileSync(file, bytes);
      },
      'BACKUP_DAMAGED',
      /SHA-256/,
    ],
    [
      'when it is cut off',
      (file) => {
        truncateSync(file, 8192);
      },
      'BACKUP_DAMAGED',
      /has 8192 bytes/,
    ],
    [
      'when its account is cut off',
      () => {
        truncateSync(join(backup, 'backup.json'), 20);
      },
      'BACKUP_DAMAGED',
      /backup\.json cannot be read/,
    ],
    [
      'when its account is of another format',
      () => {
        writeFileSync(join(backup, 'backup.json'), '{"format":"other 7"}');
      },
      'BACKUP_FOREIGN',
      /"other 7"/,
    ],
  ])('%s', async (_when, spoil, code, message) => {
    spoil(join(backup, 'timeseries.mdb'));
    const restored = join(folder.path, 'restored');
    const refusal = { code, message: expect.stringMatching(message) as string };
    await expect(restoreTimeSeries({ backup, dataDir: restored })).rejects.toMatchObject(refusal);
    await expect(checkBackup(backup)).rejects.toMatchObject(refusal);
    expect(existsSync(join(restored, 'data.mdb'))).toBe(false);
  });

  test('when it holds something else than it says', async () => {
    const path = join(backup, 'backup.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"series": 40', '"series": 41'));
    await expect(restoreTimeSeries({ backup, dataDir: join(folder.path, 'restored') })).rejects.toMatchObject(
      { code: 'BACKUP_DAMAGED' },
    );
  });

  test('when the folder is no backup, or a server is to serve one', async () => {
    await expect(restoreTimeSeries({ backup: dataDir, dataDir: backup })).rejects.toMatchObject({
      code: 'BACKUP_FOREIGN',
    });
    await expect(startEmbeddedTimeSeries({ dataDir: backup })).rejects.toMatchObject({
      code: 'DATA_FOLDER_FOREIGN',
    });
  });

  test('by a folder that holds time series, holds something else, or is in use by another process', async () => {
    await expect(restoreTimeSeries({ backup, dataDir })).rejects.toThrow(/holds time series already/);
    const other = join(folder.path, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'thesis.txt'), 'mine');
    await expect(restoreTimeSeries({ backup, dataDir: other })).rejects.toMatchObject({
      code: 'DATA_FOLDER_FOREIGN',
    });
    expect(readdirSync(other)).toEqual(['thesis.txt']);
    const { client } = await start();
    await expect(restoreTimeSeries({ backup, dataDir })).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
    });
    client.close();
  });
});

test('a source without time series, a target that holds something and a missing parent are refused', async () => {
  await fillAndStop();
  mkdirSync(backup);
  writeFileSync(join(backup, 'thesis.txt'), 'mine');
  const refusalOf = (source: string, target: string): Promise<string> =>
    backUpTimeSeries({ dataDir: source, target }).then(
      () => 'none',
      (error: unknown) => String(error),
    );
  expect([
    await refusalOf(join(folder.path, 'none'), join(folder.path, 'b')),
    await refusalOf(dataDir, backup),
    await refusalOf(dataDir, join(folder.path, 'not', 'there')),
  ]).toEqual([
    expect.stringContaining('holds no time series'),
    expect.stringContaining('is not empty'),
    expect.stringContaining('does not exist'),
  ]);
  expect(readdirSync(folder.path).sort()).toEqual(['backup', 'data']);
  expect(readdirSync(backup)).toEqual(['thesis.txt']);
});

test('a source with a damaged record, and a disk without room, leave no backup', async () => {
  await fillAndStop();
  const full = await maintain(
    'backUpTimeSeries',
    { dataDir, target: backup },
    { launcher: ['prlimit', '--fsize=65536'] },
  );
  expect(full).toMatchObject({
    code: 'BACKUP',
    message: expect.stringMatching(/too large|no space/i) as string,
  });
  expect(existsSync(backup)).toBe(false);
  // The samples of the first series are in its newest record, which holds the last of them as they are.
  const file = join(dataDir, 'data.mdb');
  const bytes = readFileSync(file);
  const sample = Buffer.alloc(8);
  sample.writeDoubleLE(19 / 7);
  for (let at = bytes.indexOf(sample); at !== -1; at = bytes.indexOf(sample, at + 8)) bytes[at + 7]! ^= 1;
  writeFileSync(file, bytes);
  await expect(backUpTimeSeries({ dataDir, target: backup })).rejects.toThrow(/is corrupt/);
  expect(existsSync(backup)).toBe(false);
});

test('a backup that was killed is none, and its folder is not taken for one', async () => {
  const { client } = await start();
  await createSeries(client);
  for (let round = 0; round < 30; round++) await writeRound(client, round);
  for (let attempt = 0; attempt < 2; attempt++) {
    const target = `${backup}-${attempt}`;
    const killer = new AbortController();
    const made = maintain('backUpTimeSeries', { dataDir, target }, { signal: killer.signal });
    await repeat(
      () => writeRound(client, 30 + attempt),
      made,
      () => existsSync(join(target, '.copying')),
    );
    killer.abort();
    if ((await made) !== undefined) continue;
    await expect(checkBackup(target)).rejects.toMatchObject({ code: 'BACKUP_FOREIGN' });
    expect(readdirSync(target)).toEqual(['.copying']);
  }
  client.close();
}, 60_000);

test('in the process of the server too', async () => {
  const server = await startEmbeddedTimeSeries({ dataDir });
  const client = await RespClient.open(server.port);
  await client.send('TS.ADD', 'series', '1', '2');
  client.close();
  expect(await backUpTimeSeries({ dataDir, target: backup })).toMatchObject({ contents: { samples: 1 } });
  const again = await RespClient.open(server.port);
  expect(await again.send('TS.ADD', 'series', '2', '2')).toEqual({ int: 2 });
  again.close();
  await server.close();
});
