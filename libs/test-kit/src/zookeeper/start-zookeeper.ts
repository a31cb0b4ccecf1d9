import { TestKitError } from '../errors.js';
import { findLocalInstallation } from '../local-zookeeper/installation.js';
import { startLocalEnsemble } from '../local-zookeeper/local-ensemble.js';
import { isMissingPackage } from '../optional-packages/is-missing-package.js';
import { useExternalZooKeeper } from './external-zookeeper.js';
import {
  type PartitionableZooKeeper,
  type StartedZooKeeper,
  type ZooKeeperOptions,
} from './started-zookeeper.js';

/**
 * A real ZooKeeper for development and tests. The first of these that is there is taken:
 *
 * 1. the one that `ZOOKEEPER_HOSTS` names, unless the options ask for a `controllable` one, a `partitionable` one or
 *    for a `port`;
 * 2. servers of a local installation (`ZOOKEEPER_HOME`, an unpacked Apache release, or the Debian package zookeeper),
 *    started on 127.0.0.1 in processes of their own, which end with this process however it ends;
 * 3. containers of the image `zookeeper:3.9`, when Docker answers, unless the options ask for a `partitionable` one.
 *
 * Resolves when all servers serve and one of them leads. `close()` ends them and removes their data.
 *
 * @throws TestKitError `ZOOKEEPER_MISSING` or `JAVA_MISSING` (with each way to get one), `INVALID_OPTION`,
 *   `INSTALLATION_INVALID`, `ZOOKEEPER_UNREACHABLE`, `PORT_TAKEN`, `SERVER_DIED`, `SERVER_NOT_READY`, `ABORTED`
 * @example
 * await using zk = await startZooKeeper({ servers: 3 });
 * await zk.servers[0]?.kill();
 */
export async function startZooKeeper(
  options: ZooKeeperOptions & { readonly partitionable: true },
): Promise<PartitionableZooKeeper>;
export async function startZooKeeper(options?: ZooKeeperOptions): Promise<StartedZooKeeper>;
export async function startZooKeeper(options: ZooKeeperOptions = {}): Promise<StartedZooKeeper> {
  checkOptions(options);
  // eslint-disable-next-line no-restricted-properties -- the surroundings of a test run are what is looked at here
  const env = options.env ?? process.env;
  const { sources = ['external', 'local', 'container'], partitionable = false } = options;
  const hosts = env.ZOOKEEPER_HOSTS;
  const ownNeeded = options.controllable === true || partitionable || options.port !== undefined;
  if (hosts && !ownNeeded && sources.includes('external')) return useExternalZooKeeper(hosts, options);

  const missing: string[] = [];
  let code: 'JAVA_MISSING' | 'ZOOKEEPER_MISSING' = 'ZOOKEEPER_MISSING';
  if (sources.includes('local')) {
    const installation = findLocalInstallation(env);
    if (!('missing' in installation)) return startLocalEnsemble(installation, options);
    missing.push(installation.reason);
    if (installation.missing === 'java') code = 'JAVA_MISSING';
  }
  if (sources.includes('container') && partitionable) {
    missing.push('the links between servers in containers cannot be interrupted from here');
  } else if (sources.includes('container')) {
    // Loaded only here: the container library is large, and most runs never need it.
    const containers = await import('../zookeeper-container/container-ensemble.js').catch(
      (error: unknown) => {
        if (isMissingPackage(error, 'testcontainers')) return undefined;
        throw error;
      },
    );
    if (!containers) {
      missing.push('containers need the npm package testcontainers, which is not installed');
    } else if (await containers.isContainerEngineAvailable()) {
      return containers.startContainerEnsemble(options);
    } else {
      missing.push('no container engine (Docker) answers');
    }
  }
  throw missingZooKeeper(code, missing);
}

function missingZooKeeper(
  code: 'JAVA_MISSING' | 'ZOOKEEPER_MISSING',
  reasons: readonly string[],
): TestKitError {
  return new TestKitError(
    code,
    `There is no ZooKeeper to start: ${reasons.join('; ')}. Get one in any of these ways:\n` +
      (code === 'JAVA_MISSING' ? '- install Java 11 or later: apt-get install default-jre-headless\n' : '') +
      '- on Debian or Ubuntu: apt-get install zookeeper (brings Java along)\n' +
      '- install Java 11 or later, unpack a release from https://zookeeper.apache.org/releases.html ' +
      'and set ZOOKEEPER_HOME to its folder\n' +
      '- start Docker, which runs the image zookeeper:3.9 (npm install --save-dev testcontainers)\n' +
      '- set ZOOKEEPER_HOSTS to a running ZooKeeper, as host:port,host:port',
  );
}

function checkOptions({ servers = 1, port, tickTimeMs = 500, partitionable }: ZooKeeperOptions): void {
  // Callers without types, such as the command line, reach this too.
  if (![1, 3, 5].includes(servers)) {
    throw new TestKitError('INVALID_OPTION', `servers is ${servers}: an ensemble has 1, 3 or 5`);
  }
  if (partitionable === true && servers === 1) {
    throw new TestKitError(
      'INVALID_OPTION',
      'partitionable is true, but one server has no links: start 3 or 5',
    );
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port + servers - 1 <= 65_535)) {
    throw new TestKitError(
      'INVALID_OPTION',
      `port is ${port}: with ${servers} servers it is 1 to ${65_536 - servers}`,
    );
  }
  if (!(Number.isInteger(tickTimeMs) && tickTimeMs >= 1)) {
    throw new TestKitError(
      'INVALID_OPTION',
      `tickTimeMs is ${tickTimeMs}: it is a whole number of milliseconds`,
    );
  }
}
