// Bundles the script and the styles of the pages into dist/client: node bundle.mjs
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompress, gzip } from 'node:zlib';
import { promisify } from 'node:util';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { live: here('src/client/main.ts'), style: here('src/client/style/style.css') },
  outdir: here('dist/client'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
  assetNames: '[name]',
  loader: { '.woff2': 'file' },
  // Imports of types alone go, or the schemas of the contract would come along.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
  logLevel: 'warning',
});

// Compressed once, here, and not with each request; the font is compressed already.
for (const file of ['live.js', 'style.css'].map((name) => here(`dist/client/${name}`))) {
  const content = await readFile(file);
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content));
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
}
