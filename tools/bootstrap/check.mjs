// npm run check: what has to pass before a change lands; CI runs this. `-- --projects=@atalaya/packaging,…` limits lint,
// documentation and tests to the named projects; formatting, build and types are always those of all.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { nx } from './nx.mjs';
import { browser, kazoo, redisServer, zookeeper } from './requirements.mjs';
import { RequirementMissing, runCommand, runRootCommand } from './run-command.mjs';
import { runTests } from './run-tests.mjs';

await runRootCommand(async () => {
  const limit = process.argv.slice(2);
  if (limit.some((word) => !word.startsWith('--projects='))) {
    throw new RequirementMissing(
      `${limit.join(' ')}: the only option of npm run check is --projects=<name>,…`,
    );
  }
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
  const many = ['--parallel=2', '--output-style=static'];
  await nx(['run-many', '--targets=build,typecheck', ...many]);
  await nx(['run-many', '--targets=lint,docs', ...limit, ...many]);
  // Many tests wait for servers, sessions and signals: a third one fills the time.
  await runTests([...limit, '--parallel=3']);
});
