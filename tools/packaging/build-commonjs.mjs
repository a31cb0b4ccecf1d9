// Compiles the package of the current folder a second time, to CommonJS in dist-cjs. The package.json in there is what
// tells Node.js and TypeScript that its .js and .d.ts files are CommonJS, in a package that is ESM otherwise.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

rmSync('dist-cjs', { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.cjs.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
writeFileSync('dist-cjs/package.json', '{ "type": "commonjs" }\n');
