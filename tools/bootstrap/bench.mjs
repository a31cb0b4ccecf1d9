// npm run bench: the benchmarks, each side by side with its baseline in one run.
import { APPS, build } from './build-projects.mjs';
import { install } from './install.mjs';
import { browser, redisServer, zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper, redisServer, browser]);
  await build(['tools/bench', ...APPS]);
  const { benchCommand } = await import('@atalaya/bench');
  await benchCommand(process.argv.slice(2));
});
