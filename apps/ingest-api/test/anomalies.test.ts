import { boundedAnomalySearch } from '../src/anomalies/anomaly-route.js';
import { type HttpProblem } from '../src/errors/http-problem.js';
import { type AnomalyList } from '@atalaya/contracts';
import fc from 'fast-check';
import { type AppFixture, memoryApp } from './app-fixture.js';
import { waitFor } from '@atalaya/test-kit';

/** Ticks of a group with eight sensors around 80; `altered` changes single values. */
async function fill(
  { store }: AppFixture,
  ticks: number,
  altered: Readonly<Record<string, number>> = {},
): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) {
    const sensors: Record<string, number> = {};
    for (let sensor = 0; sensor < 8; sensor += 1) {
      const id = `s${sensor}`;
      sensors[id] = altered[`${id}@${tick}`] ?? 80 + ((tick * 31 + sensor * 17) % 11) / 10;
    }
    const values = Object.values(sensors);
    const value = altered[`mean@${tick}`] ?? values.reduce((sum, each) => sum + each, 0) / values.length;
    await store.record({ group: 'default', timestamp: tick * 5000, value, sensors });
  }
}

async function find({ app }: AppFixture, query = ''): Promise<AnomalyList> {
  const response = await app.inject({ url: `/api/v1/anomalies${query}` });
  expect(response.statusCode).toBe(200);
  return response.json();
}

test('planted anomalies of the mean and of a sensor are found, with method, score and expected range', async () => {
  await using fixture = await memoryApp();
  await fill(fixture, 200, { 'mean@150': 120, 's3@170': 20 });
  const { anomalies, sensorsCovered, next } = await find(fixture);
  expect({ sensorsCovered, next }).toEqual({ sensorsCovered: true, next: null });
  expect(anomalies.map(({ sensor, timestamp, method }) => [sensor, timestamp / 5000, method])).toEqual([
    [null, 150, 'hampel'],
    [null, 170, 'hampel'],
    ['s3', 170, 'hampel'],
    ['s3', 170, 'peers'],
  ]);
  const [mean] = anomalies;
  expect(mean?.value).toBe(120);
  expect(mean?.score).toBeGreaterThan(5);
  expect(mean?.expected.min).toBeLessThan(81);
  expect(mean?.expected.max).toBeLessThan(120);
});

test('the values before the range are learnt from and not reported', async () => {
  await using fixture = await memoryApp();
  await fill(fixture, 200, { 'mean@140': 120, 'mean@160': 40 });
  const found = await find(fixture, `?from=${160 * 5000}&to=${160 * 5000}`);
  expect(found.anomalies.map(({ timestamp, sensor }) => [timestamp / 5000, sensor])).toEqual([[160, null]]);
});

test('one sensor alone can be asked for', async () => {
  await using fixture = await memoryApp();
  await fill(fixture, 200, { 'mean@150': 120, 's3@170': 20, 's4@180': 20 });
  const found = await find(fixture, '?sensor=s3');
  expect(found.anomalies.map(({ sensor, method }) => [sensor, method])).toEqual([['s3', 'hampel']]);
  expect(await find(fixture, '?sensor=nobody')).toMatchObject({ anomalies: [], next: null });
});

test('without `from` the newest 1,000 ticks are looked at', async () => {
  await using fixture = await memoryApp();
  await fill(fixture, 1_300, { 'mean@290': 120, 'mean@310': 120 });
  const { anomalies } = await find(fixture);
  expect(anomalies.map(({ timestamp }) => timestamp / 5000)).toEqual([310]);
});

test('a range that is too long for one answer is continued at `next`, with the same result', async () => {
  await using fixture = await memoryApp();
  for (let tick = 0; tick < 25_000; tick += 1) {
    const value = tick % 6_000 === 5_999 ? 500 : 80 + ((tick * 31) % 11) / 10;
    await fixture.store.record({ group: 'default', timestamp: tick * 5000, value });
  }
  const found: number[] = [];
  let from: number | null = 0;
  let answers = 0;
  while (from !== null) {
    const answer: AnomalyList = await find(fixture, `?from=${from}`);
    found.push(...answer.anomalies.map(({ timestamp }) => timestamp / 5000));
    from = answer.next;
    answers += 1;
  }
  expect(answers).toBe(3);
  expect(found).toEqual([5_999, 11_999, 17_999, 23_999]);
});

test('a group with too many sensors is searched for its mean, and says so', async () => {
  await using fixture = await memoryApp();
  await fill(fixture, 100, { 'mean@90': 120 });
  fixture.store.sensors = () =>
    Promise.resolve(
      Array.from({ length: 2_001 }, (_, index) => ({ id: `s${index}`, value: 1, timestamp: 1, state: 'ok' })),
    );
  const found = await find(fixture);
  expect(found.sensorsCovered).toBe(false);
  expect(found.anomalies.map(({ sensor }) => sensor)).toEqual([null]);
  const page = await fixture.app.inject({ url: '/anomalies?lang=en' });
  expect(page.body).toContain('too many sensors');
});

test('an empty group has none', async () => {
  await using fixture = await memoryApp();
  expect(await find(fixture, '?group=nobody')).toEqual({
    group: 'nobody',
    anomalies: [],
    sensorsCovered: true,
    next: null,
  });
});

test.each(['?from=x', '?from=2&to=1', '?sensor=', '?sensor=a/b', '?group='])(
  '%s is refused with 400',
  async (query) => {
    await using fixture = await memoryApp();
    expect((await fixture.app.inject({ url: `/api/v1/anomalies${query}` })).statusCode).toBe(400);
  },
);

test('more than a few searches at a time are refused with 429', async () => {
  await using fixture = await memoryApp();
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const sensors = fixture.store.sensors.bind(fixture.store);
  fixture.store.sensors = async (group) => {
    await gate;
    return sensors(group);
  };
  const search = boundedAnomalySearch(fixture.store);
  let refusals = 0;
  const answers = Array.from({ length: 6 }, async () => {
    try {
      await search({ group: 'default' });
      return 200;
    } catch (error) {
      refusals += 1;
      return (error as HttpProblem).statusCode;
    }
  });
  await waitFor(() => refusals === 2);
  open();
  expect((await Promise.all(answers)).sort()).toEqual([200, 200, 200, 200, 429, 429]);
});

test('any stored values are searched without an error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 120 }),
      async (values) => {
        await using fixture = await memoryApp();
        for (const [index, value] of values.entries()) {
          await fixture.store.record({ group: 'default', timestamp: index, value, sensors: { a: value } });
        }
        const { anomalies } = await find(fixture, '?from=0');
        for (const { score, expected } of anomalies) {
          expect([score, expected.min, expected.max].every(Number.isFinite)).toBe(true);
        }
      },
    ),
    { numRuns: 30 },
  );
});
