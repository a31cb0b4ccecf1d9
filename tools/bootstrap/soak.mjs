// npm run soak: a long run under faults.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['tools/soak', 'apps/ingest-api']);
  const { soakCommand } = await import('@atalaya/soak');
  await soakCommand(process.argv.slice(2));
});
