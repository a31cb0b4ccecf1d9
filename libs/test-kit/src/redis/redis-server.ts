import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestKitError } from '../errors.js';
import { reserveFreePort } from '../network/free-port.js';
import { runProcess, type RunningProcess } from '../processes/run-process.js';

/** How {@link startRedisServer} sets the server up. */
export interface RedisServerOptions {
  /** Settings by their names in `redis.conf`, such as `{ maxmemory: '1mb' }`; they replace the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running `redis-server` on a loopback port; see {@link startRedisServer}. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** `redis://127.0.0.1:<port>`. */
  readonly url: string;
  readonly process: RunningProcess;
}

/** Another program can take a free port between the look and the start. */
const ATTEMPTS = 5;

/**
 * Starts the `redis-server` of this machine (Debian: package `redis-server`) on a random port, without any persistence,
 * in a folder that goes with it. It has no modules.
 *
 * @throws TestKitError `PROCESS_ENDED` where there is no such program, or where it refuses a setting
 * @example
 * await using redis = await startRedisServer({ settings: { maxmemory: '1mb' } });
 * const client = new Redis(redis.url);
 */
export async function startRedisServer({ settings = {} }: RedisServerOptions = {}): Promise<RedisServer> {
  // Replicas are served at once instead of after 5 s.
  const defaults = { save: '""', appendonly: 'no', 'repl-diskless-sync-delay': '0' };
  return start([], { ...defaults, ...settings }, /Ready to accept connections/);
}

/** What {@link startRedisSentinel} watches. */
export interface RedisSentinelOptions {
  /** Port on 127.0.0.1 of the master. */
  readonly masterPort: number;
  /** Name of the master, `mymaster` by default. */
  readonly name?: string;
  /** Sentinels that have to agree on a failure, 1 by default. */
  readonly quorum?: number;
}

/**
 * Starts a Sentinel of the `redis-server` of this machine on a random port.
 *
 * @throws TestKitError `PROCESS_ENDED` where there is no such program
 */
export async function startRedisSentinel(options: RedisSentinelOptions): Promise<RedisServer> {
  const { masterPort, name = 'mymaster', quorum = 1 } = options;
  const settings = { sentinel: `monitor ${name} 127.0.0.1 ${masterPort} ${quorum}` };
  return start(['--sentinel'], settings, /\+monitor master/);
}

async function start(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    // Whoever knows a server that was killed must not find another one there.
    const reservation = await reserveFreePort();
    const { port } = reservation;
    const folder = await mkdtemp(join(tmpdir(), 'test-redis-'));
    const file = join(folder, 'redis.conf');
    const lines = Object.entries({ port: String(port), bind: '127.0.0.1', dir: folder, ...settings });
    await writeFile(file, lines.map((line) => `${line.join(' ')}\n`).join(''));
    const server = runProcess('redis-server', [file, ...args]);
    const dispose = async (): Promise<void> => {
      await server.stop();
      reservation.release();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      await server.waitForLine(ready);
      return {
        port,
        url: `redis://127.0.0.1:${port}`,
        process: server,
        [Symbol.asyncDispose]: dispose,
      };
    } catch (error) {
      await dispose();
      const isTaken = server.lines.some((line) => line.includes('Address already in use'));
      if (!(error instanceof TestKitError) || !isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}
