// npm run check: what has to pass before a change lands; CI runs this.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { nx } from './nx.mjs';
import { browser, kazoo, redisServer, zookeeper } from './requirements.mjs';
import { runCommand, runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper, kazoo, browser, redisServer]);
  await nx(['sync:check']);
  await runCommand([process.execPath, 'node_modules/prettier/bin/prettier.cjs', '--check', '.']);
  // Circles between files, those of types included, which ESLint's module boundaries do not see.
  await runCommand([
    process.execPath,
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    'apps',
    'libs',
    'tools',
    'deploy',
  ]);
  await build();
  await nx(['run-many', '--targets=build,typecheck,lint,docs', '--parallel=2', '--output-style=static']);
  await nx(['run-many', '--targets=test', '--parallel=2', '--output-style=static']);
});
