import { type ChartSeries } from '@atalaya/contracts';

/** A stretch of time in which a sensor had values in the mean, or had none. */
export interface ValueRun {
  from: number;
  to: number;
  hasValues: boolean;
}

/** The stretches of a range, oldest first, up to its last value. */
export function valueRuns({ times, stepMs, to }: ChartSeries): ValueRun[] {
  const runs: ValueRun[] = [];
  for (const [at, time] of times.entries()) {
    const previous = times[at - 1];
    const run = runs.at(-1);
    const isGap = previous !== undefined && stepMs !== null && time - previous > 1.9 * stepMs;
    if (run === undefined || previous === undefined) runs.push({ from: time, to: time, hasValues: true });
    else if (isGap) {
      runs.push({ from: previous, to: time, hasValues: false }, { from: time, to: time, hasValues: true });
    } else run.to = time;
  }
  const last = runs.at(-1);
  // The newest tick may be under way.
  if (last !== undefined && stepMs !== null && to - last.to > 3 * stepMs) {
    runs.push({ from: last.to, to, hasValues: false });
  }
  return runs;
}
