import { createLogger, HealthRegistry, type Logger } from '@atalaya/service-kit';
import { type AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { buildApp, type AppOptions } from '../src/app.js';
import { type App } from '../src/app-types.js';
import { type AuditLog } from '../src/audit/audit-log.js';
import { type Store } from '../src/store/store-port.js';
import { MemoryStore } from './memory-store.js';

export interface AppFixture<S extends Store = MemoryStore> extends AsyncDisposable {
  app: App;
  store: S;
  registry: Registry;
  /** The value of a metric's series, as it is written in the text format. */
  metric(series: string): Promise<number | undefined>;
  /** Starts to listen and returns the address. */
  listen(): Promise<string>;
}

/** An app on a store in memory. */
export async function memoryApp(options: Partial<AppOptions> = {}): Promise<AppFixture> {
  return appOn(new MemoryStore(), options);
}

/** An app on a store of the caller's. */
export async function appOn<S extends Store>(
  store: S,
  options: Partial<AppOptions> = {},
  logger: Logger = createLogger({ name: 'test', level: 'silent' }),
  audit?: AuditLog,
): Promise<AppFixture<S>> {
  const registry = new Registry();
  const app = await buildApp(
    {
      store,
      logger,
      health: new HealthRegistry(),
      metrics: registry,
      ...(audit === undefined ? {} : { audit }),
    },
    { writeRateLimitPerMinute: 0, hostName: 'tower-1', ...options },
  );
  return {
    app,
    store,
    registry,
    metric: async (series) => {
      const lines = (await registry.metrics()).split('\n');
      const line = lines.find((text) => text.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length));
    },
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
    },
  };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
