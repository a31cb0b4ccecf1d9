// Bundles the script and the styles of the pages into dist/client: node bundle.mjs
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

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
