import fc from 'fast-check';
import { type FaultKind } from './fault-kind.js';
import { drawFaultPlan, type FaultPlanOptions, formatFaultPlan } from './fault-plan.js';

const kind = (name: string, targets: string[], options: Partial<FaultKind> = {}): FaultKind => ({
  name,
  targets,
  inject: () => Promise.resolve(undefined),
  ...options,
});

const FAULTS = [
  kind('kill', ['server 1', 'server 2', 'server 3'], { lastsMs: { min: 300, max: 5_000 } }),
  kind('pause', ['server 1', 'server 2', 'server 3'], { lastsMs: { min: 300, max: 5_000 } }),
  kind('cut', ['proxy']),
];

const plan = (options: Partial<FaultPlanOptions> = {}): ReturnType<typeof drawFaultPlan> =>
  drawFaultPlan({
    seed: 1,
    durationMs: 60_000,
    gapMs: { min: 100, max: 1_000 },
    maxConcurrent: 2,
    faults: FAULTS,
    ...options,
  });

test('the same seed gives the same plan, another seed another one', () => {
  expect(plan({ seed: 42 })).toEqual(plan({ seed: 42 }));
  expect(plan({ seed: 42 })).not.toEqual(plan({ seed: 43 }));
});

test('a plan is the same on every machine', () => {
  expect(formatFaultPlan(plan({ seed: 7, durationMs: 4_000 }))).toMatchInlineSnapshot(`
    "     696 ms  cut: proxy
        1032 ms  cut: proxy
        1197 ms  cut: proxy
        1510 ms  pause: server 1 for 958 ms
        1753 ms  cut: proxy
        2331 ms  kill: server 3 for 1669 ms
        3030 ms  pause: server 1 for 970 ms"
  `);
});

test('never hits a target twice at a time, keeps to the limit and is healed at the end', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 4 }), (seed, maxConcurrent) => {
      const steps = plan({ seed, maxConcurrent });
      for (const [index, step] of steps.entries()) {
        const others = steps.slice(0, index).filter((earlier) => earlier.atMs + earlier.lastsMs >= step.atMs);
        expect(others.map(({ target }) => target)).not.toContain(step.target);
        expect(others.length).toBeLessThan(maxConcurrent);
        expect(step.atMs + step.lastsMs).toBeLessThanOrEqual(60_000);
        expect(step.draw).toBeGreaterThanOrEqual(0);
        expect(step.draw).toBeLessThan(2 ** 32);
      }
    }),
    { numRuns: 30 },
  );
});

test('what a fault hits beside its target is hit by no other one', () => {
  const servers = ['server 1', 'server 2', 'server 3'];
  const everything = kind('all', ['leader'], { alsoHits: servers, lastsMs: { min: 300, max: 5_000 } });
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const steps = plan({ seed, maxConcurrent: 3, faults: [...FAULTS, everything] });
      for (const [index, step] of steps.entries()) {
        const others = steps.slice(0, index).filter((earlier) => earlier.atMs + earlier.lastsMs >= step.atMs);
        const hit = others.map(({ target }) => target);
        if (step.fault === 'all') expect(hit.filter((target) => target !== 'proxy')).toEqual([]);
        else if (step.target !== 'proxy') expect(hit).not.toContain('leader');
      }
    }),
    { numRuns: 30 },
  );
  expect(plan({ faults: [everything] }).length).toBeGreaterThan(5);
});

test('draws kinds by their weights and every target', () => {
  const faults = [kind('often', ['a', 'b'], { weight: 9 }), kind('seldom', ['c'])];
  const steps = plan({ faults, durationMs: 1_000_000, gapMs: { min: 100, max: 100 } });
  const often = steps.filter(({ fault }) => fault === 'often').length;
  expect(often / steps.length).toBeGreaterThan(0.85);
  expect(often / steps.length).toBeLessThan(0.95);
  expect(new Set(steps.map(({ target }) => target))).toEqual(new Set(['a', 'b', 'c']));
});

test('names all that is wrong with a plan at once', () => {
  const faults = [kind('same', []), kind('same', ['a'])];
  expect(() =>
    plan({ seed: 0.5, durationMs: 0, gapMs: { min: 5, max: 1 }, maxConcurrent: 0, faults }),
  ).toThrow(
    'Bad fault plan: seed is 0.5: it is a whole number; durationMs is 0: it is more than 0; ' +
      'gapMs is 5 to 1: it goes up from 1 or more; maxConcurrent is 0: it is 1 or more; ' +
      'a kind of fault has no targets; two kinds of fault have the same name',
  );
  expect(() => plan({ faults: [] })).toThrow('faults is empty');
});
