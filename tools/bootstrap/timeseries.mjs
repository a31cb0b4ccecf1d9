// npm run timeseries: the embedded time series alone.
import { install } from './install.mjs';
import { build } from './nx.mjs';
import { runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  await install([]);
  await build(['@atalaya/dev']);
  const { timeseriesCommand } = await import('@atalaya/dev');
  await timeseriesCommand(process.argv.slice(2));
});
