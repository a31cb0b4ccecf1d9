// `serve` of an app: node dist/serve/service.js <app>. Its output as readable lines under the process's name; it is started
// again when its sources, or those of the libraries it uses, were built anew.
import { join } from 'node:path';
import { runCommandLine, UsageError } from '../command-line.js';
import { describeExit } from '../service-process.js';
import { aborted, stopRequest } from '../stop-request.js';
import { builtFolders } from './built-projects.js';
import { onRebuilt } from './rebuilds.js';
import { ServedService } from './served-service.js';

await runCommandLine(async () => {
  const [app] = process.argv.slice(2);
  if (app === undefined) throw new UsageError('name an app: sensor-agent, leader-aggregator or ingest-api');
  const signal = stopRequest();
  const folders = builtFolders(app);
  const service = new ServedService({
    id: process.env.INSTANCE_ID ?? app,
    module: join(folders[0] ?? '', 'main.js'),
    env: {},
    print: (line) => process.stdout.write(`${line}\n`),
  });
  onRebuilt(
    folders,
    () => {
      service.restart();
    },
    { signal },
  );
  const failed = await Promise.race([service.failedStart(), aborted(signal)]);
  if (failed !== undefined) {
    throw new Error(`${app} ended during its start (${describeExit(failed)}); its output above says why`);
  }
  await service.end();
});
