import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { measurementScripts } from '@atalaya/measurement-store';
import { runCommandLine } from './command-line.js';
import { aborted, stopRequest } from './stop-request.js';
import { timeseriesConfiguration } from './timeseries-configuration.js';
import { maintainTimeseries, namesMaintenance } from './timeseries-maintenance.js';

/**
 * `npm run timeseries -- --port N --data DIR [--password P | --password-file FILE]`: the embedded time series alone
 * until it is stopped. Prints `ready on 127.0.0.1:N`; with port 0 the operating system chooses N. With a word in front,
 * `backup`, `restore`, `verify` or `compact`: see `maintainTimeseries`.
 */
export function timeseriesCommand(args: readonly string[]): Promise<void> {
  return runCommandLine(async () => {
    if (namesMaintenance(args)) {
      await maintainTimeseries(args, (line) => process.stdout.write(`${line}\n`));
      return;
    }
    const { port, dataDir, password } = timeseriesConfiguration(args, process.env);
    const signal = stopRequest();
    const server = await startEmbeddedTimeSeries({
      dataDir,
      port,
      scripts: measurementScripts,
      ...(password === undefined ? {} : { password }),
    });
    process.stdout.write(`ready on 127.0.0.1:${server.port}\n`);
    await aborted(signal);
    await server.close();
  });
}
