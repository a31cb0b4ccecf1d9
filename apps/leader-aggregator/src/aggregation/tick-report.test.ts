import { tickReportSchema } from '@atalaya/contracts';
import fc from 'fast-check';
import { sign } from '../delivery/signature.js';
import { summarize } from './mean.js';
import { namesTooMany, tickReport, withoutSensors } from './tick-report.js';

const signature = {
  token: '4294967299',
  ensemble: '0b9b1f2e-5f0e-4d5b-9a58-3f0a1c1f7d11',
  leader: 'a "quoted" id',
};

test('the report of a tick with its sender is what the API takes', () => {
  const values = {
    valid: new Map([
      ['a', 79],
      ['b', 80.5],
    ]),
    stale: ['c'],
    invalid: new Map([['d', '?']]),
  };
  const report = tickReport('default', 5_000, summarize(values.valid.values())!, values);
  expect(JSON.parse(sign(JSON.stringify(report), signature))).toEqual({
    group: 'default',
    timestamp: 5_000,
    value: 79.75,
    count: 2,
    min: 79,
    max: 80.5,
    sensors: { a: 79, b: 80.5 },
    stale: ['c'],
    invalid: ['d'],
    ...signature,
  });
  expect(withoutSensors(report)).toEqual({
    group: 'default',
    timestamp: 5_000,
    value: 79.75,
    count: 2,
    min: 79,
    max: 80.5,
  });
});

test('ids that the API does not take are not named, and their values count', () => {
  const values = {
    valid: new Map([
      ['x'.repeat(129), 10],
      ['ok', 20],
    ]),
    stale: ['\u0007'],
    invalid: new Map([['y'.repeat(200), '?']]),
  };
  const report = tickReport('default', 5_000, summarize(values.valid.values())!, values);
  expect(report).toMatchObject({ value: 15, count: 2, sensors: { ok: 20 }, stale: [], invalid: [] });
});

test('whatever the ids are, the API takes the report', () => {
  const id = fc.string({ minLength: 1, unit: 'binary' });
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(id, finite), { minLength: 1 }),
      fc.array(id),
      fc.array(fc.tuple(id, fc.string())),
      (valid, stale, invalid) => {
        const values = { valid: new Map(valid), stale, invalid: new Map(invalid) };
        const report = tickReport('default', 5_000, summarize(values.valid.values())!, values);
        const text = sign(JSON.stringify(report), signature);
        expect(tickReportSchema.safeParse(JSON.parse(text)).error).toBeUndefined();
      },
    ),
  );
});

test('a report names at most as many sensors as the API takes in one', () => {
  const sensors = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`s-${index}`, 1]));
  const report = { group: 'default', timestamp: 5_000, value: 1, sensors };
  expect(namesTooMany(report)).toBe(false);
  expect(tickReportSchema.safeParse(report).success).toBe(true);
  const larger = { ...report, sensors: { ...sensors, another: 1 } };
  expect(namesTooMany(larger)).toBe(true);
  expect(tickReportSchema.safeParse(larger).success).toBe(false);
  expect(namesTooMany(withoutSensors(larger))).toBe(false);
});
