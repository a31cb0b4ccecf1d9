// npm test: all tests, one project after another, since many of them start servers and measure time.
import { install } from './install.mjs';
import { nx } from './nx.mjs';
import { browser, kazoo, zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper, kazoo, browser]);
  await nx(['run-many', '--targets=build']);
  await nx(['run-many', '--targets=test', '--parallel=1', '--output-style=static', ...process.argv.slice(2)]);
});
