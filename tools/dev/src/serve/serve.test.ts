import { watch } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@atalaya/test-kit';
import { BuildQueue } from './build-queue.js';
import { buildDigest, builtFolders } from './built-projects.js';
import { markBuild, onRebuilt } from './rebuilds.js';
import { ServedService } from './served-service.js';

let folder: string;
let lines: string[];

/** A service that says under which version it runs, and starts. */
const version = (name: string): string =>
  `console.log('version ${name}'); process.send('ready'); process.on('SIGTERM', () => process.exit(0));` +
  `process.on('disconnect', () => process.exit(0)); setInterval(() => {}, 1000);`;

async function build(name: string): Promise<void> {
  await writeFile(join(folder, 'main.mjs'), version(name));
}

const shown = (line: RegExp): Promise<unknown> =>
  waitFor(() => lines.some((text) => line.test(text)), { timeoutMs: 20_000, describe: String(line) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-serve-'));
  lines = [];
  await build('1');
});

afterEach(() => rm(folder, { recursive: true }));

test('a service is started again when what it was built of changes', async () => {
  const stop = new AbortController();
  const mark = join(folder, 'last-build');
  const print = (line: string): void => void lines.push(line);
  const service = new ServedService({ id: 'svc', module: join(folder, 'main.mjs'), env: {}, print });
  onRebuilt(
    [folder],
    () => {
      service.restart();
    },
    { signal: stop.signal, mark },
  );
  await shown(/^svc +version 1$/);
  await build('2');
  await markBuild(mark);
  await shown(/^svc +version 2$/);
  stop.abort();
  await service.end();
  expect(lines).toContain('svc was built anew and is started again');
  expect(lines.some((line) => line.includes('has ended'))).toBe(false);
});

test('a service that ends by itself is said to have ended, and comes back with the next build', async () => {
  const print = (line: string): void => void lines.push(line);
  await writeFile(join(folder, 'main.mjs'), `process.send('ready', () => process.exit(3))`);
  const service = new ServedService({ id: 'svc', module: join(folder, 'main.mjs'), env: {}, print });
  await shown(/^svc has ended \(exit code 3\)/);
  await build('3');
  service.restart();
  await shown(/version 3/);
  await service.end();
});

test('a start that fails is reported', async () => {
  await writeFile(join(folder, 'main.mjs'), `process.exit(78)`);
  const service = new ServedService({
    id: 'svc',
    module: join(folder, 'main.mjs'),
    env: {},
    print: () => {},
  });
  expect(await service.failedStart()).toEqual({ code: 78, signal: null });
});

test('a build that emits nothing new leaves the digest as it is; a new bundle changes it', async () => {
  const before = buildDigest([folder]);
  await build('1');
  await writeFile(join(folder, 'tsconfig.build.tsbuildinfo'), 'errors');
  await writeFile(join(folder, 'main.d.mts'), 'types');
  expect(buildDigest([folder])).toBe(before);
  await mkdir(join(folder, 'client'));
  await writeFile(join(folder, 'client', 'style.css'), 'a{}');
  expect(buildDigest([folder])).not.toBe(before);
});

test('what is watched for an app are its own folder and those of its libraries, each once', () => {
  const folders = builtFolders('dev').map((path) => path.split('/').slice(-3).join('/'));
  expect(folders[0]).toBe('tools/dev/dist');
  expect(folders).toEqual(expect.arrayContaining(['libs/test-kit/dist', 'libs/embedded-timeseries/dist']));
  expect(new Set(folders).size).toBe(folders.length);
});

test('a change that comes during a build is built after it', async () => {
  const stop = new AbortController();
  const built: string[] = [];
  let proceed = (): void => {};
  const source = join(folder, 'deep', 'source.ts');
  await mkdir(join(folder, 'deep'));
  await writeFile(source, '0');
  const build = async (): Promise<void> => {
    built.push(await readFile(source, 'utf8'));
    await new Promise<void>((resolve) => (proceed = resolve));
  };
  new BuildQueue([folder], build, stop.signal);
  await writeFile(source, '1');
  await waitFor(() => built.length === 1, { timeoutMs: 20_000, describe: 'the first build' });
  await writeFile(source, '2');
  // Seen while the first build goes on: its end alone leads to the next.
  const seen = new Promise((resolve) => watch(source, { signal: stop.signal }, resolve));
  await writeFile(source, '3');
  await seen;
  proceed();
  await waitFor(() => built.at(-1) === '3', {
    timeoutMs: 20_000,
    describe: 'the second build',
  });
  stop.abort();
  proceed();
});
