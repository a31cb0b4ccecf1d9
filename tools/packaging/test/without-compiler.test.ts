import { randomUUID } from 'node:crypto';
import { access, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import { pack } from './support/packed-package.js';
import { addFixtures } from './support/fixtures.js';
import { programPath, run, runNode } from './support/workspace.js';

const MAX_BYTES = 5_000_000;
const packages = ['libs/zookeeper-protocol', 'libs/zookeeper-wire', 'libs/coordination'];

let zooKeeper: StartedZooKeeper;
let folder: string;
/** All that an installation finds: Node.js, npm and a shell; no Python, no compiler, no make. */
let programs: string;
beforeAll(async () => {
  [zooKeeper, folder] = await Promise.all([
    startZooKeeper(),
    mkdtemp(join(tmpdir(), 'atalaya-without-compiler-')),
  ]);
  programs = join(folder, 'programs');
  await mkdir(programs);
  await symlink(process.execPath, join(programs, 'node'));
  for (const program of ['npm', 'sh']) await symlink(await programPath(program), join(programs, program));
  const packed = await Promise.all(packages.map((each) => pack(each, folder)));
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'bare', private: true, dependencies }),
  );
  const flags = ['--offline', '--ignore-scripts=false', '--no-audit', '--no-fund'];
  await run({ cwd: folder, path: programs }, 'npm', 'install', ...flags);
});
afterAll(async () => {
  await Promise.all([zooKeeper.close(), rm(folder, { recursive: true, force: true })]);
});

test('an installation finds no compiler', async () => {
  for (const program of ['python3', 'python', 'cc', 'gcc', 'g++', 'make']) {
    await expect(run({ cwd: folder, path: programs }, program, '--version')).rejects.toThrow('ENOENT');
  }
});

test('the library with all that it depends on takes less than 5 MB, and has no native part', async () => {
  const files = await filesBelow(join(folder, 'node_modules'));
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MAX_BYTES);
  expect(files.filter(({ path }) => /\.(node|so|gyp|c|cc|cpp)$/.test(path))).toEqual([]);
  await expect(access(join(folder, 'node_modules', 'zookeeper'))).rejects.toThrow('ENOENT');
});

test.each(['imported.mjs', 'required.cjs', 'in-worker.mjs'])(
  'it registers, reads and leads: %s',
  async (loaded) => {
    await addFixtures(
      folder,
      'use-coordination.cjs',
      'use-coordination-imported.mjs',
      `use-coordination-${loaded}`,
    );
    const hosts = `${zooKeeper.connectString}/bare-${randomUUID()}`;
    expect(JSON.parse(await runNode(folder, `use-coordination-${loaded}`, hosts))).toMatchObject({
      registered: [['sensor-1', '79.5']],
      terms: [{ id: 'candidate-1', hasToken: true, ended: false }],
      error: { isCoordinationError: true, code: 'NO_NODE' },
    });
  },
);

async function filesBelow(root: string): Promise<{ readonly path: string; readonly bytes: number }[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path, bytes: (await lstat(path)).size };
      }),
  );
}
