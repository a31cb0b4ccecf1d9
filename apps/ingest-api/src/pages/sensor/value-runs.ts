import { type ChartSeries } from '@atalaya/contracts';

/** `in-mean`: the sensor had values; `left-out`: means were stored without it; `no-tick`: no mean was stored at all. */
export type RunKind = 'in-mean' | 'left-out' | 'no-tick';

/** A stretch of time in which a sensor was in one state. */
export interface ValueRun {
  from: number;
  to: number;
  kind: RunKind;
}

/** A longer time than this many steps between two points is a gap. */
const GAP_STEPS = 1.9;
/** At the end of the range more: the newest tick may be under way. */
const OPEN_STEPS = 3;

type Curve = Pick<ChartSeries, 'times' | 'stepMs' | 'to'>;

/** The stretches of a range, oldest first, from the first value of the sensor on; the mean tells why one had none. */
export function valueRuns({ times, stepMs, to }: Curve, mean: Pick<ChartSeries, 'times'>): ValueRun[] {
  const runs: ValueRun[] = [];
  const gap = (from: number, until: number): ValueRun => ({
    ...{ from, to: until },
    kind: mean.times.some((time) => time > from && time < until) ? 'left-out' : 'no-tick',
  });
  for (const [at, time] of times.entries()) {
    const previous = times[at - 1];
    const run = runs.at(-1);
    const isGap = previous !== undefined && stepMs !== null && time - previous > GAP_STEPS * stepMs;
    if (run === undefined || previous === undefined) runs.push({ from: time, to: time, kind: 'in-mean' });
    else if (isGap) runs.push(gap(previous, time), { from: time, to: time, kind: 'in-mean' });
    else run.to = time;
  }
  const last = runs.at(-1);
  if (last !== undefined && stepMs !== null && to - last.to > OPEN_STEPS * stepMs) {
    runs.push(gap(last.to, to));
  }
  return runs;
}
