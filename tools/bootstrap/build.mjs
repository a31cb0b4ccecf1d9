// npm run build: all projects.
import { install } from './install.mjs';
import { nx } from './nx.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await nx(['run-many', '--targets=build', ...process.argv.slice(2)]);
});
