import { openJournaledStore } from '../storage/journaled-store.js';
import { EmbeddedServer } from './embedded-server.js';
import { type EmbeddedTimeSeries, type EmbeddedTimeSeriesOptions } from './options.js';

const DEFAULT_JOURNAL_BYTES = 32 * 1024 * 1024;
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '::1', 'localhost']);

/** The server was asked to listen where others than this machine could reach it. */
export class NotLoopbackError extends Error {
  override readonly name = 'NotLoopbackError';
  readonly code = 'NOT_LOOPBACK';
}

/**
 * Starts a server that speaks the Redis protocol (RESP2 and RESP3) and the commands of RedisTimeSeries, and keeps its
 * data in a folder. A write is acknowledged once it is committed to that folder; it survives the death of the process.
 *
 * @throws NotLoopbackError, DataFolderError and its kinds; the error of the operating system where the port is taken.
 *
 * @example
 * const server = await startEmbeddedTimeSeries({ dataDir: '.atalaya' });
 * const redis = new Redis(server.url);
 * await redis.call('TS.ADD', 'temperature', '*', '21.5');
 */
export async function startEmbeddedTimeSeries(
  options: EmbeddedTimeSeriesOptions,
): Promise<EmbeddedTimeSeries> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK_HOSTS.has(host)) {
    throw new NotLoopbackError(
      `The embedded time series listens on loopback only, not on "${host}". Use 127.0.0.1, ::1 or localhost.`,
    );
  }
  const store = await openJournaledStore(options.dataDir, {
    flushes: options.durability !== 'process',
    journalBytes: options.journalBytes ?? DEFAULT_JOURNAL_BYTES,
  });
  try {
    const server = new EmbeddedServer(store, options);
    await server.listen(host, options.port ?? 0);
    return describe(server, host, options.password);
  } catch (error) {
    await store.close();
    throw error;
  }
}

function describe(server: EmbeddedServer, host: string, password: string | undefined): EmbeddedTimeSeries {
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const { port } = server;
  return {
    host,
    port,
    url: `redis://${credentials}${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () => server.close(),
  };
}
