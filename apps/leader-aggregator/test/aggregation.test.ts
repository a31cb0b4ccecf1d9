import { connect } from '@atalaya/coordination';
import { reserveFreePort, waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { warningsOf } from './processes.js';
import { Stage } from './world.js';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

test('sends the mean of the valid values with everything that the API is sent, once per tick, at multiples of it', async () => {
  await using world = await stage.world({ GROUP: 'greenhouse', INGEST_TOKEN: 'secret' });
  await world.sensor('a', '79');
  await world.sensor('b', '80.5\n');
  const candidate = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length >= 4);
  const { arrivals } = world.sink;
  const elected = await candidate.waitForLog(({ msg }) => msg === 'Elected leader');
  const ensemble = (
    await stage.observer.get(world.env.ELECTION_PATH.replace(/election$/, 'ensemble'))
  ).data.toString();
  for (const { report, authorization, path, atMs } of arrivals) {
    expect(report).toEqual({
      group: 'greenhouse',
      timestamp: report.timestamp,
      value: 79.75,
      count: 2,
      min: 79,
      max: 80.5,
      token: elected.token,
      ensemble,
      leader: 'candidate-1',
      leadership: {
        at: expect.any(Number) as number,
        candidates: ['candidate-1'],
        elected: expect.any(Number) as number,
        intervalMs: world.intervalMs,
        leaseMs: expect.any(Number) as number,
      },
      sensors: { a: 79, b: 80.5 },
      stale: [],
      invalid: [],
    });
    expect(report.timestamp % world.intervalMs).toBe(0);
    expect(atMs).toBeGreaterThanOrEqual(report.timestamp);
    expect([authorization, path]).toEqual(['Bearer secret', '/api/v1/measurements']);
  }
  expect(new Set(arrivals.map(({ report }) => report.timestamp)).size).toBe(arrivals.length);
  expect(world.missingTicks()).toEqual([]);
  expect(warningsOf(candidate)).toEqual([]);
});

test('invalid and stale values are left out and counted, and each is named in the log once', async () => {
  using healthPort = await reserveFreePort();
  await using world = await stage.world({ STALE_AFTER_MS: '5000', HEALTH_PORT: String(healthPort.port) });
  await world.sensor('good', '10');
  await world.sensor('bad', 'warm');
  await world.sensor('empty', '');
  await world.sensor('silent', '1000');
  const candidate = world.candidate('candidate-1');
  const keepUp = setInterval(() => void world.sensor('good', '10').catch(() => {}), 200);
  try {
    await waitFor(() => [...world.sink.stored.values()].some(({ stale }) => stale?.includes('silent')));
    const last = [...world.sink.stored.values()].at(-1);
    expect(last).toMatchObject({ value: 10, count: 1, sensors: { good: 10 }, stale: ['silent'] });
    expect(last?.invalid).toEqual(['bad', 'empty']);
    const metrics = await (await fetch(`http://127.0.0.1:${world.env.HEALTH_PORT ?? ''}/metrics`)).text();
    expect(metrics).toMatch(/^atalaya_leader 1$/m);
    expect(metrics).toMatch(/^atalaya_sensors\{state="counted"\} 1$/m);
    expect(metrics).toMatch(/^atalaya_sensors\{state="invalid"\} 2$/m);
    expect(metrics).toMatch(/^atalaya_sensors\{state="stale"\} 1$/m);
    await world.sensor('bad', '20');
    await waitFor(() => [...world.sink.stored.values()].some(({ value }) => value === 15));
  } finally {
    clearInterval(keepUp);
  }
  expect(warningsOf(candidate).sort()).toEqual([
    'left out of the mean, not a finite decimal number: bad ("warm"), empty ("")',
    'left out of the mean, not written for more than 5000 ms: silent',
  ]);
  await candidate.waitForLog(({ msg }) => msg === 'in the mean again: bad');
});

test('without a valid value it says so once and sends nothing, until there is one', async () => {
  await using world = await stage.world({ TICK_INTERVAL_MS: '100' });
  const candidate = world.candidate('candidate-1');
  await waitFor(() => warningsOf(candidate).length > 0);
  const begun = Date.now();
  await waitFor(() => Date.now() - begun > 1_000);
  expect(world.sink.arrivals).toEqual([]);
  // A busy machine may miss a tick of 100 ms, which is another warning.
  expect(warningsOf(candidate).filter((msg) => msg.endsWith('nothing to send'))).toEqual([
    `no sensors under ${world.env.SENSORS_PATH}: nothing to send`,
  ]);
  await world.sensor('a', '1');
  await waitFor(() => world.sink.ticks.length > 0);
  await candidate.waitForLog(({ msg }) => msg === 'there are values again: of 1 sensors');
});

test('reads thousands of sensors within a tick', async () => {
  await using world = await stage.world({
    TICK_INTERVAL_MS: '5000',
    ZOOKEEPER_SESSION_TIMEOUT_MS: '10000',
  });
  const fleet = await connect({ hosts: stage.zookeeper.connectString });
  try {
    const { SENSORS_PATH } = world.env;
    await Promise.all(
      Array.from({ length: 2_000 }, (_, index) =>
        fleet.register(SENSORS_PATH, { id: `s-${index}`, value: index }),
      ),
    );
    const candidate = world.candidate('candidate-1');
    await waitFor(() => world.sink.ticks.length >= 3, {
      timeoutMs: 30_000,
      describe: () => `ticks; the candidate wrote:\n${candidate.lines.join('\n')}`,
    });
    for (const report of world.sink.stored.values())
      expect(report).toMatchObject({ value: 999.5, count: 2_000 });
    expect(world.missingTicks()).toEqual([]);
    expect(warningsOf(candidate)).toEqual([]);
  } finally {
    await fleet.close();
  }
});

test('a wrong configuration is reported in one message, with exit code 78', async () => {
  await using world = await stage.world();
  const bad = {
    INGEST_URL: 'ftp://host',
    TICK_INTERVAL_MS: '0',
    STALE_AFTER_MS: 'never',
    GROUP: 'a b',
    ELECTION_PATH: 'election',
    ZOOKEEPER_HOSTS: 'host:port',
  };
  const candidate = world.candidate('candidate-1', bad);
  expect(await candidate.ended).toEqual({ code: 78, signal: null });
  for (const [name, value] of Object.entries(bad)) {
    expect(candidate.lines.join('\n')).toContain(`${name}=${JSON.stringify(value)}`);
  }
});

test('no secret is in a line of the log or in a message about the configuration', async () => {
  await using world = await stage.world({ ZOOKEEPER_HOSTS: '127.0.0.1:1', LOG_LEVEL: 'trace' });
  const secrets = { ZOOKEEPER_AUTH: 'user:hunter22-digest', INGEST_TOKEN: 'hunter22-token' };
  const login = 'http://user:hunter22@127.0.0.1:1';
  const candidate = world.candidate('candidate-1', { ...secrets, INGEST_URL: login });
  await candidate.waitForLog(({ msg }) => String(msg).includes('to http://(hidden)@127.0.0.1:1 every'));
  expect(await candidate.stop()).toEqual({ code: 0, signal: null });
  const wrong = world.candidate('candidate-2', { INGEST_URL: 'ftp://user:hunter22@host' });
  expect(await wrong.ended).toEqual({ code: 78, signal: null });
  expect(wrong.lines.join('\n')).toContain('INGEST_URL="ftp://(hidden)@host"');
  expect([...candidate.lines, ...wrong.lines].join('\n')).not.toContain('hunter22');
});
