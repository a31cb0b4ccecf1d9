import { type ChartSeries } from '@atalaya/contracts';
import { markup, type Markup } from '../markup.js';

const WIDTH = 1_000;
const HEIGHT = 260;

/** A curve with its band as a picture, for visitors without JavaScript and until it runs. */
export function stillChart(series: ChartSeries): Markup {
  const { times, values, from, to } = series;
  const low = Math.min(...values, ...present(series.min));
  const high = Math.max(...values, ...present(series.max));
  const x = (time: number): string => (((time - from) / Math.max(1, to - from)) * WIDTH).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - 10 - ((value - low) / (high - low || 1)) * (HEIGHT - 20)).toFixed(1);
  const runs = runsOf(series);
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    ${runs.map((run) => {
      const edge = [
        ...run.map((at) => [at, series.max[at]]),
        ...run.toReversed().map((at) => [at, series.min[at]]),
      ];
      const points = edge.flatMap(([at, value]) =>
        typeof value === 'number' ? [`${x(times[at ?? 0] ?? 0)},${y(value)}`] : [],
      );
      const line = run.map((at) => `${x(times[at] ?? 0)},${y(values[at] ?? 0)}`).join(' ');
      return markup`<polygon class="band" points="${points.join(' ')}"></polygon>
        <polyline class="line" points="${line}"></polyline>`;
    })}
  </svg>`;
}

/** Positions of points without a gap between them. */
function runsOf({ times, stepMs }: ChartSeries): number[][] {
  const runs: number[][] = [];
  for (const [at, time] of times.entries()) {
    const previous = times[at - 1];
    const run = runs.at(-1);
    if (run === undefined || previous === undefined || (stepMs !== null && time - previous > 1.9 * stepMs))
      runs.push([at]);
    else run.push(at);
  }
  return runs;
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
