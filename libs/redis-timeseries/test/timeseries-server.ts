import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';

/** A server with the time-series commands. */
export interface TimeSeriesServer extends AsyncDisposable {
  readonly url: string;
}

/** The server of `REDIS_URL`, else an embedded one on a folder of its own. */
export async function startTimeSeriesServer(): Promise<TimeSeriesServer> {
  const { REDIS_URL } = process.env;
  if (REDIS_URL !== undefined) return { url: REDIS_URL, [Symbol.asyncDispose]: () => Promise.resolve() };
  const dataDir = await mkdtemp(join(tmpdir(), 'atalaya-client-'));
  const server = await startEmbeddedTimeSeries({ dataDir });
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Keys in one Cluster slot that no other test uses. */
export function newKeyspace(): (name: string) => string {
  const tag = `test-${randomBytes(8).toString('hex')}`;
  return (name) => `{${tag}}:${name}`;
}

/** How ioredis can be answered: each is to give the same values. */
export const REPLY_MODES = [
  { name: 'RESP2', options: { protocol: 2 } },
  { name: 'RESP3', options: { protocol: 3 } },
  // ioredis reads doubles of this mapping with the last digits wrong unless it leaves them as text.
  {
    name: 'RESP3, own mapping',
    options: { protocol: 3, replyMapping: 'resp3', stringNumbers: true },
  },
] as const;
