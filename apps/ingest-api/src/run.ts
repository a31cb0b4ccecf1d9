import { runService, StartupError } from '@atalaya/service-kit';
import { openKeys } from './access/open-keys.js';
import { buildApp } from './app.js';
import { type App } from './app-types.js';
import { openAuditLog } from './audit/audit-log.js';
import { type Configuration, configurationSchema, readsAreOpen } from './configuration.js';
import { boundHeapGrowth } from './memory/heap-growth.js';
import { connectionBound } from './operations/open-files.js';
import { openStore } from './store/open-store.js';
import { createStoreFailures } from './store/store-failures.js';
import { watchStore } from './store/store-watch.js';

boundHeapGrowth();
await runService({
  name: 'ingest-api',
  schema: configurationSchema,
  start: async (configuration, { logger, signal, health, metrics }) => {
    const maxConnections = connectionBound();
    const opened = await openStore(configuration, { logger, failures: createStoreFailures(metrics) });
    try {
      const audit = openAuditLog(configuration.AUDIT_LOG_FILE, logger);
      const keys = await openKeys(configuration, { logger, audit, signal });
      const app = await buildApp(
        { store: opened.store, logger, health, metrics, audit },
        {
          ingestToken: configuration.INGEST_TOKEN,
          keys,
          anonymousReads: readsAreOpen(configuration),
          sessionSecret: configuration.SESSION_SECRET,
          writeRateLimitPerMinute: configuration.WRITE_RATE_LIMIT_PER_MINUTE,
          trustedProxies: configuration.TRUSTED_PROXIES,
          allowedHosts: configuration.ALLOWED_HOSTS,
          maxConnections,
        },
      );
      await listen(app, configuration, opened.subject);
      void watchStore(opened, { logger, signal });
      return {
        close: async () => {
          await app.close();
          await audit.close();
          await opened.close();
        },
      };
    } catch (error) {
      await opened.close();
      throw error;
    }
  },
});

async function listen(app: App, { HOST: host, PORT: port }: Configuration, store: string): Promise<void> {
  try {
    await app.listen({
      host,
      port,
      listenTextResolver: (address) => `the ingest API listens on ${address} and stores in ${store}`,
    });
  } catch (error) {
    await app.close();
    throw new StartupError(`Cannot listen on ${host} port ${port}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return 'another process listens there; end it or set PORT to a free port.';
    case 'EACCES':
      return 'this user may not; set PORT to a port above 1023.';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address; set HOST to one that it has.';
    default:
      return message;
  }
}
