import { setTimeout as delay } from 'node:timers/promises';
import type { OutageReporter } from '@atalaya/service-kit';
import type { SensorAgentMetrics } from '../metrics.js';
import { nextOnGrid } from './sample-grid.js';
import type { Sampler } from './sampler.js';

export interface SamplingOptions {
  readonly sampler: Sampler;
  readonly intervalMs: number;
  /** Told of each sensor's new value, by the sensor's index; `patience` aborts when the next value is due. */
  readonly onValue: (sensor: number, value: number, patience: AbortSignal) => void;
  /** Told of failed samples, once per streak in the log. */
  readonly outage: OutageReporter;
  readonly metrics: SensorAgentMetrics;
  readonly signal: AbortSignal;
}

/**
 * Takes samples at once and then at every interval from the start on, until the signal aborts: then it rejects with the
 * signal's reason. It never rejects otherwise. Intervals do not drift; a sample that hangs is given up when the next is due.
 */
export async function sampleForEver(options: SamplingOptions): Promise<never> {
  const { sampler, intervalMs, onValue, outage, metrics, signal } = options;
  const start = performance.now();
  for (let due = start; ;) {
    const now = performance.now();
    // Timers may fire a fraction early: the instant that was waited for has passed all the same.
    const next = nextOnGrid(start, intervalMs, Math.max(due, now));
    // One that begins late has half an interval all the same.
    const { values, failures } = await sampler.sample(Math.max(next - now, intervalMs / 2), signal);
    const patience = AbortSignal.timeout(intervalMs);
    let taken = 0;
    values.forEach((value, sensor) => {
      if (value === undefined) return;
      taken += 1;
      onValue(sensor, value, patience);
    });
    metrics.samples.inc(taken);
    metrics.sampleFailures.inc(values.length - taken);
    if (failures.length > 0) outage.failed(failures[0]);
    else outage.recovered();
    await delay(Math.max(0, next - performance.now()), undefined, { signal });
    due = next;
  }
}
