import fc from 'fast-check';
import { RandomNumbers } from '../evaluation/random-numbers.js';
import { type Judgement } from '../robust/judgement.js';
import { createHampelDetector, type HampelDetector } from './hampel-detector.js';
import { HAMPEL_DEFAULTS, type HampelOptions } from './hampel-options.js';

const INTERVAL_MS = 5_000;

/** A detector together with a clock: values are pushed at regular intervals. */
class Feed {
  readonly detector: HampelDetector;
  timestamp = 0;

  constructor(options: HampelOptions = {}) {
    this.detector = createHampelDetector(options);
  }

  push(value: number, afterMs = INTERVAL_MS): Judgement | undefined {
    this.timestamp += afterMs;
    return this.detector.push({ timestamp: this.timestamp, value });
  }

  pushAll(values: Iterable<number>): (Judgement | undefined)[] {
    return Array.from(values, (value) => this.push(value));
  }

  anomaliesIn(values: Iterable<number>): number {
    return this.pushAll(values).filter((judgement) => judgement?.anomalous === true).length;
  }
}

function noise(count: number, { seed = 1, level = 0, deviation = 1 } = {}): number[] {
  const random = new RandomNumbers(seed);
  return Array.from({ length: count }, () => level + deviation * random.normal());
}

function repeat(value: number, count: number): number[] {
  return new Array<number>(count).fill(value);
}

test('it judges from the value after the warm-up on', () => {
  const feed = new Feed({ warmUp: 12 });
  expect(feed.pushAll(noise(12))).toEqual(repeat(undefined as never, 12));
  expect(feed.push(0)).toEqual({
    anomalous: false,
    score: expect.any(Number) as number,
    expected: { min: expect.any(Number) as number, max: expect.any(Number) as number },
  });
});

test('a spike is anomalous, the values around it are not', () => {
  const feed = new Feed();
  expect(feed.anomaliesIn(noise(200))).toBe(0);
  const spike = feed.push(12)!;
  expect(spike.anomalous).toBe(true);
  expect(spike.score).toBeGreaterThan(9);
  expect(spike.expected.min).toBeLessThan(-3);
  expect(spike.expected.max).toBeGreaterThan(3);
  expect(feed.anomaliesIn(noise(50, { seed: 2 }))).toBe(0);
});

test('spikes in the warm-up do not blind it', () => {
  const feed = new Feed();
  const values = noise(60);
  values[3] = 1e6;
  values[11] = -1e6;
  values[20] = 1e6;
  feed.pushAll(values);
  expect(feed.push(15)?.anomalous).toBe(true);
});

describe('the mean of three sensors that give integers from 75 to 85', () => {
  const random = new RandomNumbers(20);
  const means = (count: number) =>
    Array.from(
      { length: count },
      () => (random.integer(75, 85) + random.integer(75, 85) + random.integer(75, 85)) / 3,
    );

  test('raises no alarm in 200,000 values', () => {
    expect(new Feed().anomaliesIn(means(200_000))).toBe(0);
  });

  test('raises at most one alarm in 1,000 series that start anew', () => {
    let alarms = 0;
    for (let series = 0; series < 1_000; series += 1) alarms += new Feed().anomaliesIn(means(150));
    expect(alarms).toBeLessThanOrEqual(1);
  });
});

test('how high a spike is makes no difference to what is expected afterwards', () => {
  const expectedAfter = (spike: number) => {
    const feed = new Feed();
    feed.pushAll(noise(200));
    for (let count = 0; count < 5; count += 1) feed.push(spike);
    return feed.push(0)!.expected;
  };
  expect(expectedAfter(1e12)).toEqual(expectedAfter(1e3));
  const undisturbed = expectedAfter(1);
  expect(expectedAfter(1e12).max).toBeLessThan(undisturbed.max * 1.3);
});

test('without winsorising such spikes spoil a short window', () => {
  const widthAfter = (anomalies: 'winsorised' | 'raw') => {
    const feed = new Feed({ windowSize: 12, levelWindowSize: 15, anomalies });
    feed.pushAll(noise(200));
    for (let count = 0; count < 6; count += 1) feed.push(1e6);
    const { min, max } = feed.push(0)!.expected;
    return max - min;
  };
  expect(widthAfter('raw')).toBeGreaterThan(1_000_000);
  expect(widthAfter('winsorised')).toBeLessThan(500);
});

test('excluded anomalies leave no trace', () => {
  const disturbed = new Feed({ anomalies: 'excluded' });
  const undisturbed = new Feed({ anomalies: 'excluded' });
  disturbed.pushAll(noise(200));
  undisturbed.pushAll(noise(200));
  for (let count = 0; count < 5; count += 1) disturbed.push(50);
  expect(disturbed.push(0)).toEqual(undisturbed.push(0));
});

test('spikes in the warm-up of a constant series do not blind it', () => {
  const feed = new Feed();
  feed.pushAll([...repeat(20, 10), 1e6, ...repeat(20, 19)]);
  expect(feed.push(30)?.anomalous).toBe(true);
});

describe('a MAD of 0', () => {
  test('on a constant series of integers, steps of three are within the rounding, four are not', () => {
    for (const [value, anomalous] of [
      [20, false],
      [23, false],
      [17, false],
      [24, true],
      [16, true],
    ] as const) {
      const feed = new Feed();
      feed.pushAll(repeat(20, 100));
      expect([value, feed.push(value)?.anomalous]).toEqual([value, anomalous]);
    }
  });

  test('the resolution can be given', () => {
    const feed = new Feed({ resolution: 0.1 });
    feed.pushAll(repeat(5, 100));
    expect(feed.push(5.3)?.anomalous).toBe(false);
    expect(feed.push(5.5)?.anomalous).toBe(true);
  });

  test('a series that mostly stands still is not marked each time it moves', () => {
    const random = new RandomNumbers(5);
    const values = Array.from({ length: 5_000 }, () => 50 + (random.fraction() < 0.3 ? random.normal() : 0));
    expect(new Feed().anomaliesIn(values)).toBe(0);
  });

  test('a value that differs only by a rounding error is not marked', () => {
    const feed = new Feed({ resolution: 0 });
    feed.pushAll(repeat(80, 100));
    expect(feed.push(80 + 1e-13)?.anomalous).toBe(false);
    expect(feed.push(81)?.anomalous).toBe(true);
  });
});

describe('a lasting change', () => {
  test('of the level is marked acceptShiftAfter times and then accepted, with the old spread', () => {
    const feed = new Feed({ acceptShiftAfter: 7 });
    feed.pushAll(noise(300));
    const shifted = noise(300, { seed: 3, level: 100 });
    const anomalous = feed.pushAll(shifted).map((judgement) => judgement?.anomalous);
    expect(anomalous.slice(0, 7)).toEqual(repeat(true as never, 7));
    expect(anomalous.slice(7)).toEqual(repeat(false as never, 293));
    expect(feed.push(90)?.anomalous).toBe(true);
  });

  test('of the spread is accepted, after which wider spikes are found', () => {
    const feed = new Feed();
    feed.pushAll(noise(300));
    const wide = noise(600, { seed: 4, deviation: 50 });
    expect(feed.anomaliesIn(wide)).toBeLessThan(2 * HAMPEL_DEFAULTS.acceptShiftAfter);
    expect(feed.push(1_000)?.anomalous).toBe(true);
  });

  test.each([{}, { anomalies: 'excluded' }, { anomalies: 'raw' }] as const)(
    'from any series to a constant ends after a bounded number of anomalies, with %j',
    (options) => {
      const value = fc.double({ noNaN: true, noDefaultInfinity: true });
      const series = fc.oneof(
        fc.array(value, { minLength: 30, maxLength: 200 }),
        fc.tuple(fc.integer(), fc.integer()).map(([start, step]) => ramp(start, step)),
      );
      fc.assert(
        fc.property(series, fc.oneof(fc.integer(), value), (before, constant) => {
          const feed = new Feed(options);
          feed.pushAll(before);
          const after = feed.pushAll(repeat(constant, 300));
          const lasting = after.slice(3 * HAMPEL_DEFAULTS.acceptShiftAfter);
          expect(lasting.filter((judgement) => judgement?.anomalous === true)).toEqual([]);
        }),
        { numRuns: 500 },
      );
    },
  );

  test('to noise of any level and spread ends after at most 50 anomalies, and then it is calm', () => {
    for (const deviation of [0.01, 1, 3, 5, 7, 10, 30, 1_000]) {
      for (const level of [0, 3, 10, 1_000]) {
        const feed = new Feed({ resolution: 0 });
        feed.pushAll(noise(200));
        const after = noise(600, { seed: deviation * 100 + level, level: level * deviation, deviation });
        const anomalous = feed.pushAll(after).map((judgement) => judgement?.anomalous === true);
        expect(anomalous.filter(Boolean).length).toBeLessThanOrEqual(50);
        expect(anomalous.slice(150).filter(Boolean).length).toBeLessThanOrEqual(1);
      }
    }
  });

  function ramp(start: number, step: number): number[] {
    return Array.from({ length: 150 }, (_, index) => start + step * index);
  }
});

test('it follows a steady drift without lagging behind', () => {
  const random = new RandomNumbers(6);
  const drifting = Array.from({ length: 2_000 }, (_, index) => 0.5 * index + random.normal());
  const feed = new Feed();
  expect(feed.anomaliesIn(drifting)).toBe(0);
  const { min, max } = feed.push(1_000)!.expected;
  expect(Math.abs((min + max) / 2 - 1_000)).toBeLessThan(1.5);
});

describe('time', () => {
  test('after ten usual intervals of silence the level is learnt anew, without verdicts for five values', () => {
    const feed = new Feed();
    feed.pushAll(noise(200));
    expect(feed.push(30, 11 * INTERVAL_MS)).toBeUndefined();
    expect(feed.pushAll(noise(4, { seed: 7, level: 30 }))).toEqual(repeat(undefined as never, 4));
    expect(feed.anomaliesIn(noise(20, { seed: 8, level: 30 }))).toBe(0);
    expect(feed.push(0)?.anomalous).toBe(true);
  });

  test('a shorter silence, or any with a maxGapMs of Infinity, changes nothing', () => {
    const feed = new Feed();
    feed.pushAll(noise(200));
    expect(feed.push(30, 9 * INTERVAL_MS)?.anomalous).toBe(true);
    const never = new Feed({ maxGapMs: Infinity });
    never.pushAll(noise(200));
    expect(never.push(30, 1_000 * INTERVAL_MS)?.anomalous).toBe(true);
  });

  test('a series that slows down for good is judged again', () => {
    const feed = new Feed();
    feed.pushAll(noise(200));
    for (const value of noise(20, { seed: 9 })) feed.push(value, 100 * INTERVAL_MS);
    expect(feed.push(30, 100 * INTERVAL_MS)?.anomalous).toBe(true);
  });

  test('a late value is judged but not learnt from', () => {
    const [feed, same] = [new Feed(), new Feed()];
    feed.pushAll(noise(200));
    same.pushAll(noise(200));
    for (let count = 0; count < 100; count += 1) {
      expect(feed.detector.push({ timestamp: feed.timestamp, value: 50 })?.anomalous).toBe(true);
    }
    expect(feed.push(0)).toEqual(same.push(0));
  });
});

test('a value that is not finite counts as missing', () => {
  const [feed, same] = [new Feed(), new Feed()];
  feed.pushAll(noise(200));
  same.pushAll(noise(200));
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    expect(feed.detector.push({ timestamp: feed.timestamp + 1, value })).toBeUndefined();
  }
  expect(feed.push(0)).toEqual(same.push(0));
});

test('score and range are finite, and the score agrees with the verdict, for any values', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -2, max: 2 }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 6, maxLength: 150 }), (values) => {
      const feed = new Feed({ warmUp: 5, windowSize: 20 });
      for (const judgement of feed.pushAll(values)) {
        if (judgement === undefined) continue;
        const { anomalous, score, expected } = judgement;
        expect([score, expected.min, expected.max].every(Number.isFinite)).toBe(true);
        expect(expected.min).toBeLessThanOrEqual(expected.max);
        if (anomalous) expect(score).toBeGreaterThan(HAMPEL_DEFAULTS.threshold * (1 - 1e-9));
        else expect(score).toBeLessThan(HAMPEL_DEFAULTS.threshold * (1 + 1e-9));
      }
    }),
    { numRuns: 500 },
  );
});

test('verdicts do not depend on the unit', () => {
  const value = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 40, maxLength: 200 }),
      fc.integer({ min: -8, max: 8 }),
      (values, power) => {
        const unit = 2 ** power;
        const verdicts = (scale: number) =>
          new Feed({ resolution: scale })
            .pushAll(values.map((each) => each * scale))
            .map((each) => each?.anomalous);
        expect(verdicts(unit)).toEqual(verdicts(1));
      },
    ),
  );
});
