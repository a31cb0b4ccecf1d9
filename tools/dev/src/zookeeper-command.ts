import { startZooKeeper } from '@atalaya/test-kit';
import { parseOptions, runCommandLine, UsageError, wholeNumber } from './command-line.js';
import { aborted, stopRequest } from './stop-request.js';

const CLIENT_PORT = 2181;

/**
 * `npm run zookeeper -- --port N --servers 1|3`: a development ZooKeeper until it is stopped. Prints its connect
 * string. The data are removed at the end.
 */
export function zookeeperCommand(args: readonly string[]): Promise<void> {
  return runCommandLine(async () => {
    const options = parseOptions(args, ['port', 'servers']);
    const servers = wholeNumber('servers', options.servers, { default: 1, min: 1, max: 5 });
    if (servers !== 1 && servers !== 3 && servers !== 5) {
      throw new UsageError(`--servers ${servers}: an ensemble has 1, 3 or 5 servers`);
    }
    const port = wholeNumber('port', options.port, { default: CLIENT_PORT, min: 1, max: 65_536 - servers });
    const signal = stopRequest();
    await using zookeeper = await startZooKeeper({ port, servers });
    process.stdout.write(`${zookeeper.connectString}\n`);
    await aborted(signal);
  });
}
