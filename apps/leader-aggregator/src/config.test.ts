import { ConfigurationError, parseConfiguration } from '@atalaya/service-kit';
import { leaderAggregatorAliases, leaderAggregatorSchema } from './config.js';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfiguration('leader-aggregator', leaderAggregatorSchema, environment, leaderAggregatorAliases);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('connect string and paths are refused by the rules of the client, all together', () => {
  const problems = problemsOf({
    ZOOKEEPER_HOST: 'zk:2181/app/',
    SENSORS_PATH: '/sensors\u0001',
    ELECTION_PATH: '/',
  });
  expect(problems).toEqual([
    expect.stringMatching(/^ZOOKEEPER_HOST=.* is not a znode path: it must not end with "\/"/),
    expect.stringMatching(/^SENSORS_PATH=.* is not a znode path: it contains the character U\+0001/),
    'ELECTION_PATH="/": must not be the root',
  ]);
});
