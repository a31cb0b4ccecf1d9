import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@atalaya/service-kit';
import { UsageError } from './command-line.js';
import { timeseriesConfiguration } from './timeseries-configuration.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atalaya-dev-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function passwordFile(): string {
  const path = join(folder, 'password');
  writeFileSync(path, 'from a file\n');
  return path;
}

test('without a password none is asked for', () => {
  expect(timeseriesConfiguration([], {})).toEqual({ port: 6379, dataDir: '.atalaya', password: undefined });
});

test('the password comes from an option, a file, or the environment; options go first', () => {
  const password = (args: string[], environment: Record<string, string> = {}): string | undefined =>
    timeseriesConfiguration(args, environment).password;
  expect(password(['--password', 'given'], { TIMESERIES_PASSWORD: 'other' })).toBe('given');
  expect(password(['--password-file', passwordFile()], { TIMESERIES_PASSWORD: 'other' })).toBe('from a file');
  expect(password([], { TIMESERIES_PASSWORD: 'named' })).toBe('named');
  expect(password([], { TIMESERIES_PASSWORD_FILE: passwordFile() })).toBe('from a file');
});

test('two passwords, an unreadable file and unknown options are refused', () => {
  const both = ['--password', 'a', '--password-file', passwordFile()];
  expect(() => timeseriesConfiguration(both, {})).toThrow(ConfigurationError);
  expect(() => timeseriesConfiguration(['--password-file', join(folder, 'none')], {})).toThrow(
    /the file cannot be read/,
  );
  expect(() => timeseriesConfiguration(['--pasword', 'a'], {})).toThrow(UsageError);
});
