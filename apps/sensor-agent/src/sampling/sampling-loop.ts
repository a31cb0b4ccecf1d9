import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutageReporter } from '@atalaya/service-kit';
import type { SensorAgentMetrics } from '../metrics.js';
import { nextOnGrid } from './sample-grid.js';
import type { Sampler } from './sampler.js';

/** Values that are reported at one instant: few enough for the servers to answer others in between. */
const PIECE = 100;

/** Part of the interval that the values of a large process are spread over; the rest is for those that are late. */
const SPREAD = 0.8;

export interface SamplingOptions {
  readonly sampler: Sampler;
  readonly intervalMs: number;
  /** Called with each sensor's new value, by the sensor's index; `patience` aborts when the next value is due. */
  readonly onValue: (sensor: number, value: number, patience: AbortSignal) => void;
  /** Called with failed samples, once per streak in the log. */
  readonly outage: OutageReporter;
  readonly metrics: SensorAgentMetrics;
  readonly signal: AbortSignal;
}

/**
 * Takes samples at once and then at every interval from the start on, until the signal aborts: then it rejects with the
 * signal's reason. It never rejects otherwise. The values of more than 100 sensors are reported in pieces, spread over the
 * interval; the first ones all at once. Intervals do not drift; a sample that hangs is given up when the next is due.
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
    const patience = AbortSignal.timeout(2 * intervalMs);
    // One listener for each sensor is what it is for.
    setMaxListeners(0, patience);
    let taken = 0;
    const begun = performance.now();
    const room = due === start ? 0 : SPREAD * Math.max(0, next - begun);
    for (let sensor = 0; sensor < values.length; sensor += 1) {
      if (sensor % PIECE === 0 && sensor > 0 && room > 0) {
        const turn = begun + (sensor / values.length) * room;
        await delay(Math.max(0, turn - performance.now()), undefined, { signal });
      }
      const value = values[sensor];
      if (value === undefined) continue;
      taken += 1;
      onValue(sensor, value, patience);
    }
    metrics.samples.inc(taken);
    metrics.sampleFailures.inc(values.length - taken);
    if (failures.length > 0) outage.failed(failures[0]);
    else outage.recovered();
    await delay(Math.max(0, next - performance.now()), undefined, { signal });
    due = next;
  }
}
