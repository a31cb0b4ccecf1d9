import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const build = (file: string) => new URL(`../../dist/${file}`, import.meta.url).href;

test('trap: where the native part is missing, the error says what to install', () => {
  const hook = `export const resolve = (specifier, context, next) => {
    if (specifier === 'zookeeper') throw new Error('no native part');
    return next(specifier, context);
  };`;
  const program = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    const { connect, nativeTransport } = await import('${build('index.js')}');
    const { code, message, cause } = await connect({ transport: nativeTransport, hosts: '127.0.0.1:1', connectTimeoutMs: 10_000 }).catch((error) => error);
    console.log(JSON.stringify({ code, message, cause: cause?.message }));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(JSON.parse(stdout)).toEqual({
    code: 'UNSUPPORTED',
    message: expect.stringMatching(/python3, make and g\+\+.*npm rebuild zookeeper/) as string,
    cause: 'no native part',
  });
});

test("trap: the native package's types, which are partly wrong, are not part of the public declarations", () => {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier] of readFileSync(fileURLToPath(file), 'utf8').matchAll(
      /(?:from|import\()\s*'([^']+)'/g,
    )) {
      if (specifier!.startsWith('.')) visit(new URL(specifier!.replace(/\.js$/, '.d.ts'), file).href);
      else outside.add(specifier!);
    }
  };
  visit(build('index.d.ts'));
  expect(seen.size).toBeGreaterThan(20);
  // What is installed with the package in any case.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const expected = (specifier: string) => specifier.startsWith('node:') || specifier in manifest.dependencies;
  expect([...outside].filter((specifier) => !expected(specifier))).toEqual([]);
});
