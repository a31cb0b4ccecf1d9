// npm run keys: the keys of the ingest API.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['apps/ingest-api']);
  const { keysCommand } = await import(
    new URL('../../apps/ingest-api/dist/access/keys-command.js', import.meta.url).href
  );
  process.exitCode = await keysCommand(process.argv.slice(2));
});
