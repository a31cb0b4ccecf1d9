import { type ReportPlan } from './report-plan.js';

/** Bounds of what one run of a script stores, and thus of how long it blocks the server. */
const REPORTS_PER_RUN = 500;
const SENSORS_PER_RUN = 1_000;

/** A planned report with what belongs to it. */
export interface Planned {
  readonly plan: ReportPlan;
}

/** At least one. */
export type Batch<T> = [T, ...T[]];

/** Reports of one group each, in their order, bounded in number and in sensors. */
export function* batchesOf<T extends Planned>(planned: readonly T[]): Generator<Batch<T>> {
  const groups = new Map<string, Batch<T>>();
  for (const entry of planned) {
    const ofGroup = groups.get(entry.plan.group);
    if (ofGroup === undefined) groups.set(entry.plan.group, [entry]);
    else ofGroup.push(entry);
  }
  for (const [first, ...others] of groups.values()) {
    let batch: Batch<T> = [first];
    let sensors = first.plan.sensors.length;
    for (const entry of others) {
      const size = entry.plan.sensors.length;
      if (batch.length === REPORTS_PER_RUN || sensors + size > SENSORS_PER_RUN) {
        yield batch;
        batch = [entry];
        sensors = size;
      } else {
        batch.push(entry);
        sensors += size;
      }
    }
    yield batch;
  }
}
