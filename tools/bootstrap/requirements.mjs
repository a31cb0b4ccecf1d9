import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Something that a root command needs and npm does not bring.
 *
 * @typedef {object} Requirement
 * @property {string} name
 * @property {string[]} packages the Debian packages that bring it
 * @property {() => boolean} present
 * @property {string[]} ways each way to get it, as sentences for the user
 */

/** @param {string} command */
function onPath(command) {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/** @param {string[]} command */
function succeeds(command) {
  const [file = '', ...args] = command;
  return spawnSync(file, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

function hasLocalZooKeeper() {
  if (!onPath('java') && !existsSync(join(process.env.JAVA_HOME ?? '/nonexistent', 'bin', 'java')))
    return false;
  const home = process.env.ZOOKEEPER_HOME;
  if (home !== undefined && home !== '') {
    const lib = join(home, 'lib');
    return existsSync(lib) && readdirSync(lib).some((file) => /^zookeeper-\d.*\.jar$/.test(file));
  }
  return existsSync('/usr/share/java/zookeeper.jar');
}

/** Compiler and tools with which npm builds the native ZooKeeper client. */
export const compiler = /** @type {Requirement} */ ({
  name: 'a C++ compiler, make and Python 3, with which npm builds the native ZooKeeper client',
  packages: ['g++', 'make', 'python3'],
  present: () => onPath('g++') && onPath('make') && onPath('python3'),
  ways: ['install g++, make and python3 (Debian and Ubuntu: apt-get install g++ make python3)'],
});

/** A ZooKeeper to use or to start. */
export const zookeeper = /** @type {Requirement} */ ({
  name: 'a ZooKeeper',
  packages: ['zookeeper'],
  present: () =>
    (process.env.ZOOKEEPER_HOSTS ?? '') !== '' ||
    hasLocalZooKeeper() ||
    (onPath('docker') && succeeds(['docker', 'info'])),
  ways: [
    'install the Debian package: apt-get install zookeeper',
    'or install a Java runtime, unpack a release of Apache ZooKeeper and set ZOOKEEPER_HOME to its folder',
    'or start a Docker engine: a container of zookeeper:3.9 is then used',
    'or set ZOOKEEPER_HOSTS to the connect string of a running ZooKeeper',
  ],
});

/** A browser for the end-to-end tests. */
export const browser = /** @type {Requirement} */ ({
  name: 'a Chromium browser, for the end-to-end tests',
  packages: ['chromium'],
  present: () =>
    existsSync(process.env.CHROMIUM_PATH ?? '/nonexistent') ||
    ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].some(onPath),
  ways: [
    'install Chromium or Google Chrome (Debian: apt-get install chromium)',
    'or set CHROMIUM_PATH to the executable of one',
  ],
});

/** kazoo, whose programs take part in the elections of the tests. */
export const kazoo = /** @type {Requirement} */ ({
  name: 'Python 3 with kazoo, whose programs take part in the tests',
  packages: ['python3-kazoo'],
  present: () => succeeds(['/usr/bin/python3', '-c', 'import kazoo']),
  ways: ["install kazoo for the system's Python (Debian and Ubuntu: apt-get install python3-kazoo)"],
});

/** A Redis without modules, whose refusals and failovers the tests of the store meet. */
export const redisServer = /** @type {Requirement} */ ({
  name: 'a redis-server, for the tests of the store',
  packages: ['redis-server'],
  present: () => onPath('redis-server'),
  ways: ['install Redis (Debian and Ubuntu: apt-get install redis-server); it needs not to be running'],
});
