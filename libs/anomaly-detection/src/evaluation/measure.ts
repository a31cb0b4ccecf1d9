import { type LabelledSample } from './labelled-series.js';
import { type Method } from './methods.js';
import { RandomNumbers } from './random-numbers.js';
import { type Scenario } from './scenarios.js';

/** How a method did on a series. */
export interface Measured {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** Normal values of the series. */
  readonly normal: number;
}

/** Gives a series to a method and counts; marks in transitions count for nothing. */
export function measure(method: Method, series: readonly LabelledSample[]): Measured {
  const isAnomalous = method.start();
  const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, normal: 0 };
  for (const sample of series) {
    const marked = isAnomalous(sample);
    if (sample.label === 'anomaly') counts[marked ? 'truePositives' : 'falseNegatives'] += 1;
    if (sample.label === 'normal') {
      counts.normal += 1;
      if (marked) counts.falsePositives += 1;
    }
  }
  return counts;
}

/** The series of a scenario: the same one each time, its seed is its name. */
export function seriesOf(scenario: Scenario): LabelledSample[] {
  let seed = 0;
  for (const letter of scenario.name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  return scenario.series(new RandomNumbers(seed));
}

/** Marked values that were anomalies, as a share of the marked; undefined if none was marked. */
export function precision({ truePositives, falsePositives }: Measured): number | undefined {
  const marked = truePositives + falsePositives;
  return marked === 0 ? undefined : truePositives / marked;
}

/** Anomalies that were marked, as a share of the anomalies; undefined if there was none. */
export function recall({ truePositives, falseNegatives }: Measured): number | undefined {
  const anomalies = truePositives + falseNegatives;
  return anomalies === 0 ? undefined : truePositives / anomalies;
}
