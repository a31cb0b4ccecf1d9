import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource } from './file-source.js';

const signal = new AbortController().signal;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-file-source-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('reads the file anew for each sample', async () => {
  const path = join(folder, 'value');
  const source = fileSource(path);
  await writeFile(path, '45000\n');
  expect(await source.read(signal)).toBe(45_000);
  await writeFile(path, ' -1.5e-3 ');
  expect(await source.read(signal)).toBe(-0.0015);
});

test.each([
  ['', 'is empty'],
  ['\n', 'is empty'],
  ['12 13', 'is not a finite number: "12 13"'],
  ['12abc', 'is not a finite number: "12abc"'],
  ['nan', 'is not a finite number: "nan"'],
  ['1'.repeat(10_000), 'is longer than 4096 bytes'],
])('%# refuses content that %s', async (content, reason) => {
  const path = join(folder, 'bad');
  await writeFile(path, content);
  await expect(fileSource(path).read(signal)).rejects.toThrow(reason);
});

test('says that there is no file', async () => {
  await expect(fileSource(join(folder, 'none')).read(signal)).rejects.toThrow('ENOENT');
});

test('an endless device is not read into memory', async () => {
  await expect(fileSource('/dev/zero').read(signal)).rejects.toThrow('longer than 4096 bytes');
});

test('a pipe without a writer does not hold a sample up', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  await expect(fileSource(path).read(signal)).rejects.toThrow('is empty');
});
