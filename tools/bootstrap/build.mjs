// npm run build: all projects, or with `-- apps/ingest-api …` the named folders with what they refer to.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  const folders = process.argv.slice(2);
  await build(folders.length === 0 ? undefined : folders);
});
