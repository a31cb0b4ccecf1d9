// npm run bench: the benchmarks, each side by side with its baseline in one run.
import { install } from './install.mjs';
import { build } from './nx.mjs';
import { zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper]);
  await build(['@atalaya/bench', '@atalaya/ingest-api']);
  const { benchCommand } = await import('@atalaya/bench');
  await benchCommand(process.argv.slice(2));
});
