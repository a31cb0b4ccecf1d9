import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, type PackedPackage } from './support/packed-package.js';
import { installed, publishedPackages, runNode } from './support/workspace.js';

describe.each(publishedPackages)('the package of %s', (folder) => {
  let into: string;
  let packed: PackedPackage;
  beforeAll(async () => {
    into = await mkdtemp(join(tmpdir(), 'atalaya-packed-'));
    packed = await pack(folder, into);
  });
  afterAll(() => rm(into, { recursive: true, force: true }));

  test('is right by publint, warnings included', async () => {
    const output = await runNode(into, installed('publint/src/cli.js'), packed.tarball, '--strict');
    expect(output).toContain('All good!');
  });

  test('has types that agree with what Node.js loads, in each way of resolving it', async () => {
    // It exits with 1 on any problem. Entries beside the main one cannot be had with node10's resolution, which Node.js
    // itself gave up.
    const attw = installed('@arethetypeswrong/cli/dist/index.js');
    await expect(runNode(into, attw, packed.tarball, '--profile', 'node16', '--no-emoji')).resolves.toContain(
      'OK (CJS)',
    );
  });

  test('holds both builds, their types, the sources they map to, README and licence, and no tests', () => {
    expect(packed.files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        ...['dist', 'dist-cjs'].flatMap((build) => [`${build}/index.js`, `${build}/index.d.ts`]),
        'dist-cjs/package.json',
        'src/index.ts',
      ]),
    );
    expect(packed.files.filter((file) => /\.test\.|tsbuildinfo|^test\/|jest|tsconfig/.test(file))).toEqual(
      [],
    );
    // The condition `@atalaya/source` and the source maps lead to files that are there.
    const sources = packed.files.filter((file) => file.startsWith('dist-cjs/') && file.endsWith('.d.ts'));
    expect(sources.length).toBeGreaterThan(20);
    for (const file of sources) {
      expect(packed.files).toContain(file.replace('dist-cjs/', 'src/').replace(/\.d\.ts$/, '.ts'));
      expect(packed.files).toContain(file.replace('dist-cjs/', 'dist/'));
    }
  });
});
