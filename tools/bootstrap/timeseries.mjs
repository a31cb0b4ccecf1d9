// npm run timeseries: the embedded time series alone.
import { build } from './build-projects.mjs';
import { install } from './install.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['tools/dev']);
  const { timeseriesCommand } = await import('@atalaya/dev');
  await timeseriesCommand(process.argv.slice(2));
});
