import { runService } from '@atalaya/service-kit';
import { leaderAggregatorAliases, leaderAggregatorSchema } from './config.js';
import { startLeaderAggregator } from './leader-aggregator.js';

await runService({
  name: 'leader-aggregator',
  schema: leaderAggregatorSchema,
  aliases: leaderAggregatorAliases,
  start: startLeaderAggregator,
});
