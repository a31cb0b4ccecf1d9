import { ConfigurationError, parseConfiguration } from '@atalaya/service-kit';
import { sensorAgentAliases, sensorAgentSchema, sensorIds } from './config.js';

function parse(environment: Record<string, string>): ReturnType<typeof sensorAgentSchema.parse> {
  return parseConfiguration('sensor-agent', sensorAgentSchema, environment, sensorAgentAliases);
}

test('the defaults are those of the documentation', () => {
  const config = parse({});
  expect(config).toMatchObject({
    ZOOKEEPER_HOSTS: 'localhost:2181',
    ZOOKEEPER_SESSION_TIMEOUT_MS: 10_000,
    SENSORS_PATH: '/atalaya/sensors',
    SENSOR_COUNT: 1,
    SAMPLE_INTERVAL_MS: 5_000,
    LOG_LEVEL: 'info',
  });
  expect(config.SENSOR_SOURCE.description).toBe('random integers from 75 to 85');
  expect(config.INSTANCE_ID).toMatch(/^[1-9]\d{7}$/);
  expect(parse({}).INSTANCE_ID).not.toBe(config.INSTANCE_ID);
});

test('the connect string may come under its second name', () => {
  expect(parse({ ZOOKEEPER_HOST: 'zk:2181' }).ZOOKEEPER_HOSTS).toBe('zk:2181');
});

test('ids are the instance alone, or the instance with a number', () => {
  expect(sensorIds({ INSTANCE_ID: 'a', SENSOR_COUNT: 1 })).toEqual(['a']);
  expect(sensorIds({ INSTANCE_ID: 'a', SENSOR_COUNT: 3 })).toEqual(['a-1', 'a-2', 'a-3']);
});

test('all problems are named together', () => {
  const bad = {
    INSTANCE_ID: 'a/b',
    SENSORS_PATH: 'sensors',
    SENSOR_COUNT: '0',
    SENSOR_SOURCE: 'random:85:75',
    SAMPLE_INTERVAL_MS: '5s',
    ZOOKEEPER_HOSTS: 'a b',
    ZOOKEEPER_SESSION_TIMEOUT_MS: '1',
    ZOOKEEPER_AUTH: 'no-password',
    HEALTH_PORT: '70000',
    LOG_LEVEL: 'loud',
  };
  let problems: readonly string[] = [];
  try {
    parse(bad);
  } catch (error) {
    if (error instanceof ConfigurationError) problems = error.problems;
  }
  expect(problems).toHaveLength(Object.keys(bad).length);
  for (const name of Object.keys(bad)) expect(problems.join('\n')).toContain(`${name}=`);
  expect(problems.join('\n')).not.toContain('no-password');
});

test.each(['.', '..', 'x'.repeat(121), 'a\u0007'])('the id %j is refused', (id) => {
  expect(() => parse({ INSTANCE_ID: id })).toThrow(ConfigurationError);
});

test.each(['zk', 'zk:2181', 'a:1,b:2,c:3', 'a:1,b/app/x', '[::1]:2181', '127.0.0.1:2181/'])(
  'the connect string %s is accepted as it is',
  (text) => {
    expect(parse({ ZOOKEEPER_HOSTS: text }).ZOOKEEPER_HOSTS).toBe(text);
  },
);

test.each([',', 'a:0', 'a:70000', 'a:x', 'a//b', 'a/b/', 'http://a', 'a b', '[zk]:2181', 'a/b\u0001'])(
  'the connect string %j is refused, as the client would',
  (text) => {
    expect(() => parse({ ZOOKEEPER_HOSTS: text })).toThrow(
      / {2}ZOOKEEPER_HOSTS=.* is not a (connect string|znode path)/,
    );
  },
);

test.each(['a', '/', '/a/', '/a//b', '/a/../b', '/a/./b', '/a\0b', '/a\u0001b', '/a\ue000b'])(
  'the path %j is refused',
  (path) => {
    expect(() => parse({ SENSORS_PATH: path })).toThrow(
      / {2}SENSORS_PATH=.*( is not a znode path|must not be the root)/,
    );
  },
);
