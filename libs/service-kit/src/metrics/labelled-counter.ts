import { Counter, type Registry } from 'prom-client';

export interface LabelledCounterOptions<Label extends string> {
  name: string;
  help: string;
  label: Label;
  /** All values of the label. */
  values: readonly string[];
}

/**
 * Registers a counter with one label. Its series are all there from the start, at 0: of a series that begins with its
 * first count Prometheus sees no growth.
 */
export function labelledCounter<Label extends string>(
  registry: Registry,
  options: LabelledCounterOptions<Label>,
): Counter<Label> {
  const { name, help, label, values } = options;
  const counter = new Counter<Label>({ name, help, labelNames: [label], registers: [registry] });
  for (const value of values) counter.labels(value).inc(0);
  return counter;
}
