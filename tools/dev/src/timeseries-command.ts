import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { measurementScripts } from '@atalaya/measurement-store';
import { parseOptions, runCommandLine, wholeNumber } from './command-line.js';
import { aborted, stopRequest } from './stop-request.js';

const REDIS_PORT = 6379;

/**
 * `npm run timeseries -- --port N --data DIR`: the embedded time series alone until it is stopped. Prints
 * `ready on 127.0.0.1:N`; with port 0 the operating system chooses N.
 */
export function timeseriesCommand(args: readonly string[]): Promise<void> {
  return runCommandLine(async () => {
    const options = parseOptions(args, ['port', 'data']);
    const port = wholeNumber('port', options.port, { default: REDIS_PORT, min: 0, max: 65_535 });
    const signal = stopRequest();
    const server = await startEmbeddedTimeSeries({
      dataDir: options.data ?? '.atalaya',
      port,
      scripts: measurementScripts,
      // A stand-in for the real server answers as that one does, its peculiarities included.
      groupBy: 'as-recorded',
    });
    process.stdout.write(`ready on 127.0.0.1:${server.port}\n`);
    await aborted(signal);
    await server.close();
  });
}
