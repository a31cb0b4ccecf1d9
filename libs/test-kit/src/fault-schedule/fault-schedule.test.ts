import { type FaultKind } from './fault-kind.js';
import { FaultSchedule, type FaultScheduleOptions } from './fault-schedule.js';

/** A kind that writes down what is done to it. */
function recording(events: string[], options: Partial<FaultKind> = {}): FaultKind {
  return {
    name: 'fault',
    targets: ['a', 'b'],
    lastsMs: { min: 5, max: 40 },
    inject: (target) => {
      events.push(`+${target}`);
      return Promise.resolve(() => {
        events.push(`-${target}`);
        return Promise.resolve();
      });
    },
    ...options,
  };
}

const schedule = (
  options: Partial<FaultScheduleOptions> & Pick<FaultScheduleOptions, 'faults'>,
): FaultSchedule =>
  new FaultSchedule({ seed: 5, durationMs: 300, gapMs: { min: 5, max: 30 }, log: () => {}, ...options });

test('injects and heals every step of the plan, in turn for each target', async () => {
  const events: string[] = [];
  const lines: string[] = [];
  const run = schedule({ faults: [recording(events)], log: (line) => lines.push(line) });
  const executed = await run.run();

  expect(run.steps.length).toBeGreaterThan(3);
  expect(executed.map(({ atMs, target }) => ({ atMs, target }))).toEqual(
    run.steps.map(({ atMs, target }) => ({ atMs, target })),
  );
  for (const step of executed) {
    expect(step.injectedAtMs).toBeGreaterThanOrEqual(step.atMs - 1);
    expect(step.healedAtMs).toBeGreaterThanOrEqual(step.atMs + step.lastsMs - 1);
  }
  for (const target of ['0', '1']) {
    const own = events.filter((event) => event.endsWith(target));
    expect(own).toEqual(own.map((_, index) => (index % 2 === 0 ? `+${target}` : `-${target}`)));
    expect(own.length % 2).toBe(0);
  }
  expect(lines[0]).toBe(`fault schedule: ${run.steps.length} faults in 300 ms, seed 5`);
});

test('draws a seed of its own, and repeats the plan of a seed', () => {
  const first = new FaultSchedule({ durationMs: 60_000, faults: [recording([])] });
  const again = new FaultSchedule({ durationMs: 60_000, faults: [recording([])], seed: first.seed });
  expect(again.steps).toEqual(first.steps);
  expect(String(again)).toContain(`seed ${first.seed}\n`);
});

test('a fault that takes long to heal holds up the next one on its target', async () => {
  const events: string[] = [];
  const slow = recording(events, {
    targets: ['a'],
    lastsMs: { min: 1, max: 1 },
    inject: () => {
      events.push('+');
      return Promise.resolve(async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        events.push('-');
      });
    },
  });
  await schedule({ faults: [slow] }).run();
  expect(events.length).toBeGreaterThan(2);
  expect(events).toEqual(events.map((_, index) => (index % 2 === 0 ? '+' : '-')));
});

test('a fault that fails ends the run after everything is healed, and names the seed', async () => {
  const events: string[] = [];
  const cause = new Error('no such server');
  const failing = recording([], { name: 'failing', targets: ['c'], inject: () => Promise.reject(cause) });
  await expect(
    schedule({ faults: [recording(events), failing], durationMs: 60_000 }).run(),
  ).rejects.toMatchObject({
    code: 'FAULT_FAILED',
    cause,
    message: expect.stringMatching(
      /^The fault 'failing: c' at \d+ ms .* seed 5 failed: no such server$/,
    ) as unknown,
  });
  expect(events.filter((event) => event.startsWith('+'))).toHaveLength(
    events.filter((event) => event.startsWith('-')).length,
  );
});

test('an aborted run is healed and rejects', async () => {
  const abort = new AbortController();
  const events: string[] = [];
  const kind = recording(events, { lastsMs: { min: 10_000, max: 20_000 } });
  const inject: FaultKind['inject'] = (target, draw) => {
    abort.abort();
    return kind.inject(target, draw);
  };
  const run = schedule({ faults: [{ ...kind, inject }], durationMs: 60_000 });
  await expect(run.run({ signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(events).toHaveLength(2);
});
