// npm run test:redis: the suites of the time series client and of the store, against the Redis that REDIS_URL names.
import { install } from './install.mjs';
import { nx } from './nx.mjs';
import { redisServer } from './requirements.mjs';
import { RequirementMissing, runRootCommand } from './run-command.mjs';

await runRootCommand(async () => {
  if ((process.env.REDIS_URL ?? '') === '') {
    throw new RequirementMissing(
      'REDIS_URL is not set: it names the Redis with RedisTimeSeries to test against, such as redis://127.0.0.1:6379',
    );
  }
  await install([redisServer]);
  const projects = '--projects=@atalaya/redis-timeseries,@atalaya/measurement-store';
  await nx(['run-many', '--targets=test', projects, '--output-style=static']);
});
