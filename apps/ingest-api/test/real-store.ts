import { startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { measurementScripts, type MeasurementStore } from '@atalaya/measurement-store';
import { createLogger } from '@atalaya/service-kit';
import { reserveFreePort } from '@atalaya/test-kit';
import { openStore, type OpenStore } from '../src/store/open-store.js';
import { temporaryFolder } from './api-process.js';

/** An embedded server on a folder and a port of its own. */
export interface RealServer extends AsyncDisposable {
  readonly url: string;
  /** A store of measurements on it, closed with the server. */
  open(configuration?: { RETENTION_MS?: number }): Promise<MeasurementStore>;
  stop(): Promise<void>;
  /** Starts it again at the same port and with the same data. */
  restart(): Promise<void>;
}

export async function startRealServer(): Promise<RealServer> {
  const folder = await temporaryFolder();
  const reservation = await reserveFreePort();
  const start = () =>
    startEmbeddedTimeSeries({
      dataDir: folder.path,
      port: reservation.port,
      password: 'secret',
      scripts: measurementScripts,
      durability: 'process',
    });
  let server = await start();
  const { url } = server;
  const stores: OpenStore[] = [];
  return {
    url,
    open: async ({ RETENTION_MS = 1e15 } = {}) => {
      const configuration = {
        REDIS_URL: url,
        DATA_DIR: '',
        RETENTION_MS,
        MAX_GROUPS: 1_000,
        MAX_SENSORS_PER_GROUP: 20_000,
        MAX_AHEAD_MS: 300_000,
      };
      const opened = await openStore(configuration, {
        logger: createLogger({ name: 'test', level: 'silent' }),
      });
      stores.push(opened);
      return opened.store;
    },
    stop: () => server.close(),
    restart: async () => {
      server = await start();
    },
    [Symbol.asyncDispose]: async () => {
      for (const store of stores) await store.close();
      await server.close();
      reservation.release();
      await folder[Symbol.asyncDispose]();
    },
  };
}
