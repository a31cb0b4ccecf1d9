import { jest } from '@jest/globals';
import { type TickReport } from '@atalaya/contracts';
import fc from 'fast-check';
import { type Redis } from 'ioredis';
import { MeasurementStore, measurementScripts } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { dumpGroup, type GroupDump } from './group-dump.js';
import { GroupModel } from './group-model.js';
import { runByLua } from './lua-script.js';
import { startEmbedded, startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(600_000);

/** Two sensors a step, so that reports of more take several. */
const OPTIONS = { retentionMs: 0, sensorsPerStep: 2, commandTimeoutMs: 30_000 };

const SENSORS = ['s1', 's2', '1m:avg:s1', 'a(b,c)=ñ', 'IGNORE'];

type Step =
  | { kind: 'record'; report: Omit<TickReport, 'group'> }
  | { kind: 'batch'; reports: Omit<TickReport, 'group'>[] }
  /** Reports of clients that do not know of each other: they are stored together. */
  | { kind: 'together'; reports: Omit<TickReport, 'group'>[] }
  | { kind: 'clear' };

const value = fc.double({ noNaN: true, noDefaultInfinity: true });
const report: fc.Arbitrary<Omit<TickReport, 'group'>> = fc.record(
  {
    timestamp: fc.integer({ min: 1, max: 8 }).map((tick) => 1_734_103_800_000 + tick * 20_000),
    value,
    count: fc.nat(100),
    min: value,
    max: value,
    // Around the limits of doubles and of the number of digits.
    token: fc.constantFrom('9', '10', '9007199254740992', '9007199254740993', '18446744073709551615'),
    ensemble: fc.constantFrom('e1', 'e2'),
    leader: fc.constantFrom('candidate-1', 'ñ "2"'),
    leadership: fc.record({
      elected: fc.constantFrom(1_734_103_700_000, 1_734_103_800_001),
      at: fc.constant(1_734_103_900_000),
      leaseMs: fc.nat(3_000),
      intervalMs: fc.constant(20_000),
      candidates: fc.constantFrom([], ['candidate-1', 'ñ "2"']),
    }),
    sensors: fc.dictionary(fc.constantFrom(...SENSORS), value, { maxKeys: 5, noNullPrototype: true }),
    stale: fc.constantFrom([], ['s1'], ['x"y']),
    invalid: fc.constantFrom([], ['s2']),
  },
  { requiredKeys: ['timestamp', 'value'] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: report.map((one): Step => ({ kind: 'record', report: one })) },
  {
    weight: 3,
    arbitrary: fc.array(report, { maxLength: 5 }).map((reports): Step => ({ kind: 'batch', reports })),
  },
  {
    weight: 3,
    arbitrary: fc.array(report, { maxLength: 5 }).map((reports): Step => ({ kind: 'together', reports })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'clear' }) },
);

/** Runs the steps on a new group; the outcomes and all that is stored then. */
async function play(
  server: StoreServer,
  redis: Redis,
  steps: Step[],
): Promise<{ outcomes: unknown[]; newest: unknown[]; dump: GroupDump }> {
  const group = server.newGroup();
  const store = new MeasurementStore(redis, OPTIONS);
  const outcomes: unknown[] = [];
  for (const one of steps) {
    if (one.kind === 'clear') await store.clear(group);
    else if (one.kind === 'record') outcomes.push(await store.record({ group, ...one.report }));
    else {
      const reports = one.reports.map((each) => ({ group, ...each }));
      outcomes.push(
        ...(one.kind === 'batch'
          ? await store.recordAll(reports)
          : await Promise.all(reports.map((each) => store.record(each)))),
      );
    }
  }
  return { outcomes, newest: await store.newest(group, 3), dump: await dumpGroup(redis, group, SENSORS) };
}

function playModel(steps: Step[]): { outcomes: unknown[]; model: GroupModel } {
  const model = new GroupModel();
  const outcomes: unknown[] = [];
  for (const one of steps) {
    if (one.kind === 'clear') model.clear();
    else {
      for (const each of one.kind === 'record' ? [one.report] : one.reports) {
        outcomes.push(model.record({ group: 'g', ...each }));
      }
    }
  }
  return { outcomes, model };
}

function sorted(series: ReadonlyMap<number, number> | undefined): [number, number][] {
  return [...(series ?? [])].sort(([a], [b]) => a - b);
}

test('any sequence of reports leaves what the rules say, by the Lua text and by its JavaScript form alike', async () => {
  await using twins = await startEmbedded();
  await using lua = await startStoreServer(measurementScripts.map(runByLua));
  const [twinRedis, luaRedis] = [twins.connect(), lua.connect()];
  const keys = groupKeys('g');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { outcomes, model } = playModel(steps);
      const twin = await play(twins, twinRedis, steps);
      expect(twin.outcomes).toEqual(outcomes);
      expect(twin.newest).toEqual(model.newest(3));
      const { dump } = twin;
      expect(dump.fence).toEqual(
        Object.fromEntries([...model.fence].map(([k, token]) => [k, token.toString()])),
      );
      expect(dump.series[keys.mean] ?? []).toEqual(sorted(model.means));
      for (const id of SENSORS) {
        expect(dump.series[keys.sensor(id)] ?? []).toEqual(sorted(model.sensors.get(id)));
      }
      const last = Object.entries(dump.sensors).filter(([, text]) => text !== '');
      expect(new Map(last.map(([id, text]) => [id, text.split(' ').map(Number)]))).toEqual(
        model.lastValues(),
      );
      expect(dump.pending).toEqual({});
      expect(dump.status.tick).toBe(model.status?.tick.toString());
      expect(dump.status.since).toBe(model.status?.since.toString());
      expect(dump.status.leader).toBe(model.status?.leader);
      expect(dump.terms.map((fields) => [1, 5, 7, 9].map((at) => fields[at]))).toEqual(model.terms);
      expect(await play(lua, luaRedis, steps)).toEqual(twin);
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 25), endOnFailure: false },
  );
});
