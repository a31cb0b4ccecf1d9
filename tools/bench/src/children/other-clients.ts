import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cleanup } from '../cleanup.js';
import { AnsweringProgram } from './answering-program.js';
import type { ChildReader } from './child-reader.js';
import { nodeReader } from './node-reader.js';

/** The one that was current when this benchmark was written; it is fetched, as nothing else here needs it. */
const NODE_CLIENT = 'node-zookeeper-client@1.1.3';
/** Reads one by one take so long that larger parents are left out. */
const MOST_ONE_BY_ONE = 10_000;
const PYTHON = '/usr/bin/python3';
const DEBIAN_JAR = '/usr/share/java/zookeeper.jar';

const run = promisify(execFile);
const programs = fileURLToPath(new URL('../../programs/', import.meta.url));

/** Clients of others: those that are there, and for each that is not the reason. */
export interface OtherClients {
  readonly readers: readonly ChildReader[];
  readonly missing: readonly string[];
}

/**
 * kazoo (Python), Java's own client and node-zookeeper-client, as far as this machine has them or can fetch them.
 *
 * @param cleanup what ends them
 * @param folder for what is compiled and fetched
 */
export async function otherClients(hosts: string, cleanup: Cleanup, folder: string): Promise<OtherClients> {
  const readers: ChildReader[] = [];
  const missing: string[] = [];
  for (const client of [kazoo, java, nodeClient]) {
    try {
      readers.push(...(await client(hosts, cleanup, folder)));
    } catch (error) {
      missing.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  return { readers, missing };
}

async function kazoo(hosts: string, cleanup: Cleanup): Promise<ChildReader[]> {
  if (spawnSync(PYTHON, ['-c', 'import kazoo'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(`kazoo was left out: ${PYTHON} has none (Debian: apt-get install python3-kazoo)`);
  }
  const program = cleanup.use(
    await AnsweringProgram.start(PYTHON, [join(programs, 'kazoo_children.py'), hosts]),
  );
  return [
    {
      name: 'kazoo, one by one',
      most: MOST_ONE_BY_ONE,
      read: (parent) => program.ask(`one-by-one ${parent}`),
    },
    { name: 'kazoo, asynchronous', read: (parent) => program.ask(`asynchronous ${parent}`) },
  ];
}

async function java(hosts: string, cleanup: Cleanup, folder: string): Promise<ChildReader[]> {
  const home = process.env.ZOOKEEPER_HOME ?? '';
  const classPath = home === '' ? DEBIAN_JAR : join(home, 'lib', '*');
  if (home === '' && !existsSync(DEBIAN_JAR)) {
    throw new Error("Java's client was left out: neither ZOOKEEPER_HOME nor Debian's zookeeper.jar is there");
  }
  if (spawnSync('javac', ['-version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(
      "Java's client was left out: there is no javac (Debian: apt-get install default-jdk-headless)",
    );
  }
  await run('javac', ['-cp', classPath, '-d', folder, join(programs, 'ChildValues.java')]);
  const program = cleanup.use(
    await AnsweringProgram.start('java', ['-cp', `${folder}:${classPath}`, 'ChildValues', hosts]),
  );
  return [{ name: "Java's client, multi-reads", read: (parent) => program.ask(parent) }];
}

async function nodeClient(hosts: string, cleanup: Cleanup, folder: string): Promise<ChildReader[]> {
  const words = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', NODE_CLIENT];
  await run('npm', words).catch(() => {
    throw new Error(`node-zookeeper-client was left out: npm could not fetch ${NODE_CLIENT}`);
  });
  return [await nodeReader('node-zookeeper-client', 'node-zookeeper-client', hosts, cleanup, folder)];
}
