import { isPortFree } from '@atalaya/test-kit';
import { parseOptions, runCommandLine, wholeNumber } from './command-line.js';
import { aborted, stopRequest } from './stop-request.js';
import { startSystem } from './system.js';

/** Most processes of one kind that the command starts on one machine. */
const MAX_PROCESSES = 100;

/**
 * `npm start -- --sensors N --aggregators N --port N`: the whole system on this machine until it is stopped. The last
 * line of its start-up is `Atalaya is running: http://127.0.0.1:<port>`.
 */
export function startCommand(args: readonly string[]): Promise<void> {
  return runCommandLine(async () => {
    const options = parseOptions(args, ['sensors', 'aggregators', 'port']);
    const sensors = wholeNumber('sensors', options.sensors, { default: 3, min: 0, max: MAX_PROCESSES });
    const aggregators = wholeNumber('aggregators', options.aggregators, {
      default: 2,
      min: 0,
      max: MAX_PROCESSES,
    });
    const port = wholeNumber('port', options.port, { default: 4000, min: 1, max: 65_535 });
    if (!(await isPortFree(port))) {
      throw new Error(
        `port ${port} is in use: end the program that holds it, or choose another one with npm start -- --port N`,
      );
    }
    const signal = stopRequest();
    const print = (line: string): void => {
      process.stdout.write(`${line}\n`);
    };
    const system = await startSystem({ sensors, aggregators, port, print, signal });
    if (!signal.aborted) print(`Atalaya is running: ${system.url}`);
    await aborted(signal);
    print('Stopping …');
    await system.close();
    print('Stopped.');
  });
}
