// A service for the tests of runService, run from the build as the apps are.
import { z } from 'zod';
import { logLevel, nonEmptyText, runService, StartupError } from '../dist/index.js';

await runService({
  name: 'example',
  schema: z.object({ NAME: nonEmptyText(), LOG_LEVEL: logLevel() }),
  closeTimeoutMs: 100,
  start: ({ NAME }, { logger }) => {
    if (NAME === 'unstartable') throw new StartupError('port 1 is taken');
    const timer = setInterval(() => {}, 1000);
    logger.info('started');
    return Promise.resolve({
      close: async () => {
        if (NAME === 'hangs') await new Promise(() => {});
        clearInterval(timer);
        logger.info('closed');
      },
    });
  },
});
