import { cpSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backUpTimeSeries, restoreTimeSeries, startEmbeddedTimeSeries } from '../src/index.js';
import { startChildServer } from './child-server.js';
import { RespClient } from './resp-client.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: ReturnType<typeof temporaryFolder>;
let dataDir: string;
beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder.path, 'data');
});
afterEach(() => {
  folder.remove();
});

const data = (path = dataDir) => join(path, 'data.mdb');
const journal = (path = dataDir) => join(path, 'data.journal');

/** Sets keys in a server that is killed then. */
async function crashAfter(keys: readonly string[]): Promise<void> {
  const server = await startChildServer(dataDir);
  expect(server.refusal).toBeUndefined();
  const client = await RespClient.open(server.port);
  for (const key of keys) await client.send('SET', key, 'x'.repeat(100));
  client.close();
  await server.kill();
}

async function keysOf(path = dataDir): Promise<unknown> {
  const server = await startEmbeddedTimeSeries({ dataDir: path });
  const client = await RespClient.open(server.port);
  const keys = (await client.send('KEYS', '*')) as { bulk: string }[];
  client.close();
  await server.close();
  return keys.map(({ bulk }) => bulk).sort();
}

async function refusal(path = dataDir): Promise<{ code: string; message: string }> {
  try {
    const server = await startEmbeddedTimeSeries({ dataDir: path });
    await server.close();
    return { code: 'none', message: 'none' };
  } catch (error) {
    return error as { code: string; message: string };
  }
}

test('the journal of a server that was killed is taken over by the next one, and gone when that has ended', async () => {
  await crashAfter(['a', 'b']);
  expect(statSync(journal()).size).toBeGreaterThan(200);
  await crashAfter(['c']);
  expect(await keysOf()).toEqual(['a', 'b', 'c']);
  expect(existsSync(journal())).toBe(false);
});

test('a commit that was cut off by a crash ends the journal, and is not there', async () => {
  await crashAfter(['a', 'b', 'c']);
  const bytes = readFileSync(journal());
  const last = bytes.lastIndexOf('x'.repeat(50));
  writeFileSync(journal(), bytes.subarray(0, last + 20));
  expect(await keysOf()).toEqual(['a', 'b']);
});

test('a commit that is damaged in the middle refuses the folder, which stays as it is', async () => {
  await crashAfter(['a', 'b', 'c']);
  const bytes = readFileSync(journal());
  bytes[bytes.indexOf('x'.repeat(50)) + 5] = 0;
  writeFileSync(journal(), bytes);
  expect(await refusal()).toMatchObject({
    code: 'DATA_FOLDER_DAMAGED',
    message: expect.stringMatching(/data\.journal cannot be used, commit \d+ in it is damaged/) as string,
  });
  expect(readFileSync(journal()).equals(bytes)).toBe(true);
  rmSync(journal());
  expect(await refusal()).toMatchObject({ code: 'none' });
});

test('a journal without its data file, beside another one, or beside an older one is refused', async () => {
  await crashAfter(['a']);
  const other = join(folder.path, 'other');
  cpSync(dataDir, other, { recursive: true, filter: (name) => !name.endsWith('.sock') });
  rmSync(data(other));
  expect(await refusal(other)).toMatchObject({
    code: 'DATA_FOLDER_DAMAGED',
    message: expect.stringContaining('its data.mdb is missing') as string,
  });
  expect(existsSync(data(other))).toBe(false);

  renameSync(journal(), join(folder.path, 'journal'));
  expect(await refusal()).toMatchObject({ code: 'none' });
  cpSync(join(folder.path, 'journal'), journal());
  expect(await refusal()).toMatchObject({
    code: 'DATA_FOLDER_DAMAGED',
    message: expect.stringContaining('it is that of another data file') as string,
  });
});

test.each([1, 2])('a folder of the format %i is taken over', async (format) => {
  const server = await startEmbeddedTimeSeries({ dataDir });
  await server.close();
  const bytes = readFileSync(data());
  let at = bytes.indexOf('atalaya-timeseries 3');
  expect(at).toBeGreaterThan(0);
  for (; at !== -1; at = bytes.indexOf('atalaya-timeseries 3', at))
    bytes.write(`atalaya-timeseries ${format}`, at);
  writeFileSync(data(), bytes);
  await crashAfter(['a']);
  expect(await keysOf()).toEqual(['a']);
  expect(readFileSync(data()).includes('atalaya-timeseries 3')).toBe(true);
});

test('a backup of a folder whose server was killed has what is in its journal, and leaves that alone', async () => {
  await crashAfter(['a', 'b']);
  const bytes = readFileSync(journal());
  const backup = join(folder.path, 'backup');
  expect(await backUpTimeSeries({ dataDir, target: backup })).toMatchObject({ contents: { keys: 2 } });
  expect(readFileSync(journal()).equals(bytes)).toBe(true);
  const restored = join(folder.path, 'restored');
  await restoreTimeSeries({ backup, dataDir: restored });
  expect(await keysOf(restored)).toEqual(['a', 'b']);
});
