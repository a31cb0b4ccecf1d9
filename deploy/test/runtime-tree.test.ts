import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT } from './project.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atalaya-tree-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Writes files, given as path and content; a manifest as an object. */
function workspace(files: Record<string, string | object>): string {
  const root = join(directory, 'workspace');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

function copy(root: string, { name = 'tree', files = [] as string[], environment = {} } = {}) {
  const target = join(directory, name);
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(PROJECT, 'images/runtime-tree.mjs'), root, 'apps/a', target, ...files],
    { encoding: 'utf8', env: { ...process.env, ...environment } },
  );
  return { target, status, errors: stderr };
}

const FILES = {
  'apps/a/package.json': {
    name: '@x/a',
    type: 'module',
    dependencies: { used: '1', '@x/lib': '1' },
    devDependencies: { tool: '1' },
  },
  'apps/a/dist/main.js': "import used from 'used'; import lib from '@x/lib'; console.log(used + lib);",
  'apps/a/src/main.ts': '',
  'apps/a/public/style.css': 'body {}',
  'apps/a/public/live.js': '',
  'libs/lib/package.json': {
    name: '@x/lib',
    type: 'module',
    main: 'dist/index.js',
    dependencies: { used: '2' },
  },
  'libs/lib/dist/index.js': "import used from 'used'; export default '+' + used;",
  'libs/lib/dist/index.d.ts': '',
  'libs/lib/node_modules/used/package.json': { name: 'used', main: 'index.js' },
  'libs/lib/node_modules/used/index.js': "module.exports = 'two';",
  'node_modules/used/package.json': { name: 'used', main: 'index.js', dependencies: { deep: '1' } },
  'node_modules/used/index.js': "module.exports = 'one' + require('deep');",
  'node_modules/used/LICENSE.md': 'as you like',
  'node_modules/used/README.md': '',
  'node_modules/deep/package.json': { name: 'deep', main: 'index.js' },
  'node_modules/deep/index.js': "module.exports = '!';",
  'node_modules/tool/package.json': { name: 'tool' },
};

function linked(root: string): string {
  mkdirSync(join(root, 'node_modules/@x'), { recursive: true });
  spawnSync('ln', ['-s', '../../libs/lib', join(root, 'node_modules/@x/lib')]);
  return root;
}

test('the copied app runs, each package with the version that it would find in the workspace', () => {
  const { target, status } = copy(linked(workspace(FILES)));
  expect(status).toBe(0);
  const { stdout } = spawnSync(process.execPath, ['apps/a/dist/main.js'], { cwd: target, encoding: 'utf8' });
  expect(stdout).toBe('one!+two\n');
});

test('what only developers need stays behind, licences do not', () => {
  const { target } = copy(linked(workspace(FILES)));
  for (const path of [
    'node_modules/tool',
    'node_modules/used/README.md',
    'apps/a/src',
    'libs/lib/dist/index.d.ts',
  ]) {
    expect([path, existsSync(join(target, path))]).toEqual([path, false]);
  }
  expect(existsSync(join(target, 'node_modules/used/LICENSE.md'))).toBe(true);
});

test('the files that pages load come along, and those that are named', () => {
  const { target } = copy(linked(workspace({ ...FILES, 'deploy/check.mjs': '', LICENSE: 'as you like' })), {
    files: ['deploy/check.mjs', 'LICENSE'],
  });
  for (const path of ['apps/a/public/style.css', 'apps/a/public/live.js', 'check.mjs', 'LICENSE']) {
    expect([path, existsSync(join(target, path))]).toEqual([path, true]);
  }
});

test('with SOURCE_DATE_EPOCH everything in the tree, and the folders made for it, bear that time', () => {
  const root = linked(workspace(FILES));
  const { target, status } = copy(root, {
    name: 'opt/atalaya',
    environment: { SOURCE_DATE_EPOCH: '1700000000' },
  });
  expect(status).toBe(0);
  const paths = readdirSync(target, { recursive: true, encoding: 'utf8' }).map((path) => join(target, path));
  const times = [dirname(target), target, ...paths].map((path) => lstatSync(path).mtimeMs);
  expect(paths.length).toBeGreaterThan(10);
  expect(new Set(times)).toEqual(new Set([1_700_000_000_000]));
});

test('a missing package ends the build', () => {
  const root = linked(workspace(FILES));
  rmSync(join(root, 'node_modules/deep'), { recursive: true });
  const { status, errors } = copy(root);
  expect(status).toBe(1);
  expect(errors).toContain('used needs deep, which is not installed');
});
