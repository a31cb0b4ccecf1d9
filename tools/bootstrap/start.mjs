// npm start: the whole system on this machine.
import { install } from './install.mjs';
import { build } from './nx.mjs';
import { zookeeper } from './requirements.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([zookeeper]);
  await build(['@atalaya/dev', '@atalaya/sensor-agent', '@atalaya/leader-aggregator', '@atalaya/ingest-api']);
  const { startCommand } = await import('@atalaya/dev');
  await startCommand(process.argv.slice(2));
});
