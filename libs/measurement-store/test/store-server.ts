import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { Redis } from 'ioredis';
import { measurementScripts, type ServerScript } from '../src/index.js';

/** Where the tests find a server with RedisTimeSeries of their own; the embedded server without it. */
const { REDIS_URL } = process.env;

/** A server to test against, with the connections that were made to it. */
export interface StoreServer extends AsyncDisposable {
  connect(): Redis;
  /** A name that no other test uses. Its keys go when the server is disposed of. */
  newGroup(): string;
}

/** The server of `REDIS_URL`, which runs the Lua text, or an embedded one, which runs `scripts`. */
export async function startStoreServer(scripts: ServerScript[] = measurementScripts): Promise<StoreServer> {
  return REDIS_URL === undefined ? startEmbedded({ scripts }) : connectExternal(REDIS_URL);
}

/** What an embedded server is started with. */
export interface EmbeddedOptions {
  scripts?: ServerScript[];
  /** The RedisTimeSeries whose answers it gives. */
  answersAs?: '8.6' | '8.10';
}

/** An embedded server whatever the environment says. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<StoreServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atalaya-store-'));
  const server = await startEmbeddedTimeSeries({ dataDir, scripts: measurementScripts, ...options });
  const connections = new Connections(server.url);
  return {
    connect: () => connections.open(),
    newGroup,
    [Symbol.asyncDispose]: async () => {
      connections.close();
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function connectExternal(url: string): StoreServer {
  const connections = new Connections(url);
  const groups: string[] = [];
  return {
    connect: () => connections.open(),
    newGroup: () => {
      const group = newGroup();
      groups.push(group);
      return group;
    },
    [Symbol.asyncDispose]: async () => {
      const redis = connections.open();
      for (const group of groups) {
        const pattern = `atalaya:{${group}}:*`;
        for await (const keys of redis.scanStream({ match: pattern, count: 1_000 }) as AsyncIterable<
          string[]
        >) {
          if (keys.length > 0) await redis.del(...keys);
        }
      }
      connections.close();
    },
  };
}

class Connections {
  readonly #url: string;
  readonly #open: Redis[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  open(): Redis {
    const redis = new Redis(this.#url);
    redis.on('error', () => {}); // Tests that stop the server see it in their own results.
    this.#open.push(redis);
    return redis;
  }

  close(): void {
    for (const redis of this.#open) redis.disconnect();
  }
}

function newGroup(): string {
  return `test-${randomBytes(8).toString('hex')}`;
}
