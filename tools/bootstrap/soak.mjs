// npm run soak: a long run under faults.
import { install } from './install.mjs';
import { build } from './nx.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['@atalaya/soak', '@atalaya/ingest-api']);
  const { soakCommand } = await import('@atalaya/soak');
  await soakCommand(process.argv.slice(2));
});
