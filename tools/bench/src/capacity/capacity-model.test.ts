import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '../fleet/observation.js';
import { STORE_ROLE } from '../fleet/process-cost.js';
import type { RecordedPart } from '../report/write-report.js';
import { carriedFleets, compare, fitCapacity, predict, QUANTITIES, worstError } from './capacity-model.js';

/** Within what the model has to be, as a part of the measured figure. */
const TOLERANCE = 0.25;

const RECORDED = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'benchmarks', 'fleet.json');

function fleet(sensors: number, cores: number, more: Partial<Observation> = {}): Observation {
  return {
    ...{
      sensors,
      groups: 1,
      seconds: 60,
      latenessMs: [1],
      missing: 0,
      driftMsPerMinute: 0,
      wholeMs: [],
      readMs: 1,
      sendMs: 1,
    },
    cost: {
      leader: {
        cores,
        memoryMb: 90,
        filePagesMb: 40,
        readBytesPerSecond: 100 * sensors,
        writtenBytesPerSecond: 50 * sensors,
      },
    },
    warnings: {},
    ...more,
  };
}

test('what grows with the sensors in a straight line is found again', () => {
  const model = fitCapacity([fleet(1_000, 0.2), fleet(3_000, 0.4), fleet(10_000, 1.1)]);
  expect(model.leader?.cores.base).toBeCloseTo(0.1);
  expect(model.leader?.cores.perSensor).toBeCloseTo(0.0001);
  expect(predict(model, 100_000).leader?.cores).toBeCloseTo(10.1);
});

test('one fleet makes a line through the origin', () => {
  expect(fitCapacity([fleet(10_000, 1)]).leader?.cores).toEqual({
    base: 0,
    perSensor: expect.closeTo(0.0001) as number,
  });
});

test('a fleet that was not carried, or is too small, says nothing', () => {
  const broken = [
    fleet(10, 0.2),
    fleet(50_000, 2, { missing: 1 }),
    fleet(50_000, 2, { latenessMs: [4_000, 6_000, 8_000] }),
    fleet(100_000, 2, { failure: 'no tick', latenessMs: [] }),
  ];
  expect(carriedFleets([fleet(1_000, 0.1), ...broken])).toHaveLength(1);
  expect(fitCapacity(broken)).toEqual({});
});

test('the worst error is that of the figure which is farthest from the model', () => {
  const model = fitCapacity([fleet(1_000, 0.1), fleet(10_000, 1)]);
  expect(worstError(compare(model, [fleet(10_000, 0.8)]))).toBeCloseTo(0.25);
  expect(worstError([])).toBe(0);
});

test('of a store the processor time alone is compared: its bytes are no straight line', () => {
  const fleets = [1_000, 10_000].map((sensors) => {
    const { cost, ...rest } = fleet(sensors, sensors / 1_000);
    return { ...rest, cost: { ...cost, [STORE_ROLE]: cost.leader! } };
  });
  const compared = compare(fitCapacity(fleets), fleets);
  const quantitiesOf = (of: string) =>
    new Set(compared.filter(({ role }) => role === of).map(({ quantity }) => quantity));
  expect(quantitiesOf(STORE_ROLE)).toEqual(new Set(['cores']));
  expect(quantitiesOf('leader')).toEqual(new Set(QUANTITIES));
});

(existsSync(RECORDED) ? test : test.skip)('the model predicts each recorded figure within a quarter', () => {
  const { data } = JSON.parse(readFileSync(RECORDED, 'utf8')) as RecordedPart & {
    data: { observed: Observation[] };
  };
  const comparisons = compare(fitCapacity(data.observed), data.observed);
  const far = comparisons.filter((comparison) => worstError([comparison]) > TOLERANCE);
  expect(far).toEqual([]);
});
