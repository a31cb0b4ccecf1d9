import fc from 'fast-check';
import { nextOnGrid } from './sample-grid.js';

const instant = fc.double({ min: 0, max: 1e12, noNaN: true });

test('the next instant is on the grid, after now, and at most one interval away', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 10, max: 86_400_000 }), instant, (start, interval, elapsed) => {
      const now = start + elapsed;
      const next = nextOnGrid(start, interval, now);
      expect(next).toBeGreaterThan(now);
      expect(next - now).toBeLessThanOrEqual(interval * 1.001);
      const intervals = (next - start) / interval;
      expect(Math.abs(intervals - Math.round(intervals))).toBeLessThan(0.01);
    }),
  );
});

test('work of any length that fits an interval does not shift the instants', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { maxLength: 50 }), (loads) => {
      let now = 1_000;
      loads.forEach((load, round) => {
        now = nextOnGrid(1_000, 200, now + load * 200);
        expect(now).toBe(1_000 + (round + 1) * 200);
      });
    }),
  );
});
