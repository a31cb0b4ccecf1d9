import { StoreUnavailableError } from '../errors.js';
import { planReport, type ReportPlan } from './report-plan.js';
import { type RunBatch, WaitingReports } from './waiting-reports.js';

function plan(group: string, timestamp: number): ReportPlan {
  return planReport({ group, timestamp, value: 1 }, 1_000);
}

/** Answers each report with its timestamp, and records what was run together. */
function recording(): { runs: string[][]; run: RunBatch } {
  const runs: string[][] = [];
  return {
    runs,
    run: (plans) => {
      runs.push(plans.map(({ group, args }) => `${group} ${args[0]}`));
      return Promise.resolve(plans.map(({ args }) => [args[0] ?? '']));
    },
  };
}

test('reports of one turn are run together by group, in their order, each with its own answer', async () => {
  const { runs, run } = recording();
  const waiting = new WaitingReports(run, 10);
  const plans = [plan('a', 2), plan('b', 5), plan('a', 1)];
  expect(await Promise.all(plans.map((one) => waiting.add(one)))).toEqual([['2'], ['5'], ['1']]);
  expect(await waiting.add(plan('a', 3))).toEqual(['3']);
  expect(runs).toEqual([['a 2', 'a 1'], ['b 5'], ['a 3']]);
});

test('where a batch fails, its reports do, and no others', async () => {
  const { run } = recording();
  const waiting = new WaitingReports(
    (plans) => (plans[0].group === 'away' ? Promise.reject(new StoreUnavailableError('away')) : run(plans)),
    10,
  );
  const results = await Promise.allSettled(
    [plan('away', 1), plan('a', 1), plan('away', 2)].map((one) => waiting.add(one)),
  );
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
});

test('more reports than may wait are refused at once, and taken again later', async () => {
  const { runs, run } = recording();
  const waiting = new WaitingReports(run, 2);
  const taken = [waiting.add(plan('a', 1)), waiting.add(plan('a', 2))];
  await expect(waiting.add(plan('a', 3))).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(runs).toEqual([]);
  await Promise.all(taken);
  expect(await waiting.add(plan('a', 4))).toEqual(['4']);
});
