import fc from 'fast-check';
import { startTestServer, type TestServer } from './test-server.js';

const AGGREGATORS = ['avg', 'sum', 'min', 'max', 'count', 'first', 'last', 'std.p'];
const BUCKETS_MS = [10, 60];

let fixture: TestServer;
beforeAll(async () => {
  fixture = await startTestServer();
});
afterAll(async () => {
  await fixture.close();
});

let nextPrefix = 0;

/** A series with a rule for each aggregator and bucket; the keys of all. */
async function createSeries(retentionMs: number, aggregators = AGGREGATORS): Promise<string[]> {
  const source = `s${nextPrefix++}`;
  await fixture.run(`TS.CREATE ${source} RETENTION ${retentionMs} DUPLICATE_POLICY LAST`);
  const keys = [source];
  for (const aggregator of aggregators) {
    for (const bucketMs of BUCKETS_MS) {
      const key = `${source}:${aggregator}:${bucketMs}`;
      await fixture.run(`TS.CREATE ${key}`);
      await fixture.run(`TS.CREATERULE ${source} ${key} AGGREGATION ${aggregator} ${bucketMs}`);
      keys.push(key);
    }
  }
  return keys;
}

async function contents(keys: string[]): Promise<unknown[]> {
  const replies = [];
  for (const key of keys) replies.push(await fixture.run(`TS.RANGE ${key} - + LATEST`));
  return replies;
}

test('samples of one command give the same compactions as the same samples one by one', async () => {
  const sample = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: -20, max: 20 }));
  const commands = fc.array(fc.array(sample, { minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(commands, fc.constantFrom(0, 90), fc.boolean(), async (batches, retentionMs, hasTwa) => {
      const aggregators = hasTwa ? [...AGGREGATORS, 'twa'] : AGGREGATORS;
      const together = await createSeries(retentionMs, aggregators);
      const alone = await createSeries(retentionMs, aggregators);
      for (const batch of batches) {
        await fixture.run(`TS.MADD ${batch.map(([at, value]) => `${together[0]} ${at} ${value}`).join(' ')}`);
        for (const [at, value] of batch) await fixture.run(`TS.ADD ${alone[0]} ${at} ${value}`);
        expect(await contents(together)).toEqual(await contents(alone));
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 25) },
  );
});

test('heads that are sealed in the middle of a command give the same, too', async () => {
  const [together, alone] = [await createSeries(500), await createSeries(500)];
  const samples = Array.from({ length: 1_500 }, (_, i) => [i % 3 === 2 ? i - 200 : i + 1, i % 17] as const);
  const known = samples.filter(([at]) => at > 0);
  await fixture.run(`TS.MADD ${known.map(([at, value]) => `${together[0]} ${at} ${value}`).join(' ')}`);
  for (const [at, value] of known) await fixture.run(`TS.ADD ${alone[0]} ${at} ${value}`);
  expect(await contents(together)).toEqual(await contents(alone));
});
