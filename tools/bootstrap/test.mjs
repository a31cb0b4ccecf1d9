// npm test: all tests of all projects.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { browser, kazoo, redisServer, zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';
import { runTests } from './run-tests.mjs';

await runRootCommand(async () => {
  await install([zookeeper, kazoo, browser, redisServer]);
  await build();
  await runTests(['--parallel=2', ...process.argv.slice(2)]);
});
