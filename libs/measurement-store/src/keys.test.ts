import fc from 'fast-check';
import { groupKeys } from './keys.js';
import { groupSeries, sensorLabel, sensorSeries, seriesKeys } from './series/series.js';

test('the keys of a group are those that are documented', () => {
  const keys = groupKeys('plant-1');
  expect(keys).toMatchObject({
    mean: 'atalaya:{plant-1}:mean',
    count: 'atalaya:{plant-1}:count',
    min: 'atalaya:{plant-1}:min',
    max: 'atalaya:{plant-1}:max',
    fence: 'atalaya:{plant-1}:fence',
    status: 'atalaya:{plant-1}:status',
    sensors: 'atalaya:{plant-1}:sensors',
    events: 'atalaya:{plant-1}:events',
    terms: 'atalaya:{plant-1}:terms',
  });
  expect(keys.sensor('s 1')).toBe('atalaya:{plant-1}:sensor:s 1');
});

test.each(['', 'a}b', 'a{', 'a b', 'ñ', 'x'.repeat(65)])('the group %j is refused', (group) => {
  expect(() => groupKeys(group)).toThrow(expect.objectContaining({ code: 'INVALID_QUERY' }) as Error);
});

const sensorId = fc
  .oneof(
    fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('1', 'm', 'h', ':', '{', '}', '(', '%', ',', 'ñ'),
    }),
    fc.constantFrom('mean', '1m:avg', 'x:1m:avg:mean', 'mean:1h', '}', '{x}'),
  )
  .filter((id) => id !== '');

test('whatever its id, no two series share a key, and all are in the slot of the group', () => {
  fc.assert(
    fc.property(fc.uniqueArray(sensorId, { maxLength: 6 }), (ids) => {
      const keys = groupKeys('g');
      const series = [...groupSeries(keys), ...ids.map((id) => sensorSeries(keys, id))];
      const others = [
        keys.fence,
        keys.status,
        keys.sensors,
        keys.events,
        keys.pending,
        keys.terms,
        keys.settings,
      ];
      const names = [...others, ...series.flatMap((one) => seriesKeys(keys, one))];
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name.slice(name.indexOf('{') + 1, name.indexOf('}'))).toBe('g');
    }),
  );
});

test('labels of sensors are distinct, and hold nothing that a server refuses or takes for an option', () => {
  const words = fc.constantFrom(
    'IGNORE',
    'ignore',
    'Uncompressed',
    'TIMESTAMP',
    '%49GNORE',
    'a(b',
    'a%28b',
    'a,b',
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(sensorId, words), { maxLength: 8 }), (ids) => {
      const labels = ids.map(sensorLabel);
      expect(new Set(labels).size).toBe(ids.length);
      for (const label of labels) {
        expect(label).toMatch(/^[^(),]+$/);
        expect(['IGNORE', 'UNCOMPRESSED', 'COMPRESSED', 'TIMESTAMP']).not.toContain(label.toUpperCase());
      }
    }),
  );
});
