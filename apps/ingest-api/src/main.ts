#!/usr/bin/env node
import { type AddressInfo } from 'node:net';
import { runService, StartupError } from '@atalaya/service-kit';
import { buildApp } from './app.js';
import { type App } from './app-types.js';
import { type Configuration, configurationSchema } from './configuration.js';
import { openStore } from './store/open-store.js';
import { watchStore } from './store/store-watch.js';

await runService({
  name: 'ingest-api',
  schema: configurationSchema,
  start: async (configuration, { logger, signal, health, metrics }) => {
    const opened = await openStore(configuration, logger);
    try {
      const app = await buildApp(
        { store: opened.store, logger, health, metrics },
        {
          ingestToken: configuration.INGEST_TOKEN,
          writeRateLimitPerMinute: configuration.WRITE_RATE_LIMIT_PER_MINUTE,
          trustedProxies: configuration.TRUSTED_PROXIES,
        },
      );
      const url = await listen(app, configuration);
      logger.info({ url, store: opened.subject }, `the ingest API listens on ${url}`);
      void watchStore(opened.store, { logger, subject: opened.subject, signal });
      return {
        close: async () => {
          await app.close();
          await opened.close();
        },
      };
    } catch (error) {
      await opened.close();
      throw error;
    }
  },
});

async function listen(app: App, { HOST: host, PORT: port }: Configuration): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: () => '' });
  } catch (error) {
    await app.close();
    throw new StartupError(`Cannot listen on ${host} port ${port}: ${reasonOf(error)}`, { cause: error });
  }
  const { port: actualPort } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`;
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
