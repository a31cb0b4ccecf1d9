// npm test: all tests of all projects.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { nx } from './nx.mjs';
import { browser, kazoo, redisServer, zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper, kazoo, browser, redisServer]);
  await build();
  await nx(['run-many', '--targets=test', '--parallel=2', '--output-style=static', ...process.argv.slice(2)]);
});
