import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { UsageError } from './command-line.js';
import { maintainTimeseries, namesMaintenance } from './timeseries-maintenance.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atalaya-dev-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  await maintainTimeseries(args, (line) => lines.push(line));
  return lines;
}

test('a folder in use is backed up, verified and restored elsewhere; compacted when it is free', async () => {
  const [data, backup, other] = ['data', 'backup', 'other'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const server = await startEmbeddedTimeSeries({ dataDir: data });
  expect(await run('backup', backup, '--data', data)).toEqual([
    expect.stringMatching(/^Backed up .*: 0 keys, 0 of them series with 0 samples, as of .*Z, 0\.0 MB\.$/),
  ]);
  await expect(run('compact', '--data', data)).rejects.toThrow(/is in use by process/);
  await server.close();
  expect(await run('verify', backup)).toEqual([expect.stringMatching(/is as it was made/)]);
  expect(await run('restore', backup, '--data', other)).toEqual([expect.stringMatching(/^Restored /)]);
  expect(existsSync(join(other, 'data.mdb'))).toBe(true);
  expect(await run('compact', '--data', data)).toEqual([
    expect.stringMatching(/^Compacted .*: 0\.0 MB before, 0\.0 MB now\.$/),
  ]);
});

test('what is no command, and a command without its folder, are refused with what is missing', async () => {
  expect(namesMaintenance(['--port', '0'])).toBe(false);
  expect(namesMaintenance(['backup'])).toBe(true);
  await expect(run('back-up')).rejects.toThrow(UsageError);
  await expect(run('back-up')).rejects.toThrow(/backup, restore, verify, compact/);
  await expect(run('backup', '--data', folder)).rejects.toThrow(/FOLDER is the folder of the new backup/);
  await expect(run('compact', folder)).rejects.toThrow(UsageError);
});
