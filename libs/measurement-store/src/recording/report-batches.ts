import { type TickReport } from '@atalaya/contracts';

/** Bounds of what one round trip of a batch carries. */
const REPORTS_PER_ROUND_TRIP = 500;
const SENSORS_PER_ROUND_TRIP = 5_000;

/** A report with its place in the list it came in. */
export interface IndexedReport {
  index: number;
  report: TickReport;
}

/** Reports of one group each, in their order, bounded in number and in sensors. */
export function* batchesOf(reports: readonly TickReport[]): Generator<IndexedReport[]> {
  const groups = new Map<string, IndexedReport[]>();
  for (const [index, report] of reports.entries()) {
    const ofGroup = groups.get(report.group) ?? [];
    groups.set(report.group, ofGroup);
    ofGroup.push({ index, report });
  }
  for (const ofGroup of groups.values()) {
    let batch: IndexedReport[] = [];
    let sensors = 0;
    for (const entry of ofGroup) {
      const size = Object.keys(entry.report.sensors ?? {}).length;
      const full = batch.length === REPORTS_PER_ROUND_TRIP || sensors + size > SENSORS_PER_ROUND_TRIP;
      if (full && batch.length > 0) {
        yield batch;
        batch = [];
        sensors = 0;
      }
      batch.push(entry);
      sensors += size;
    }
    yield batch;
  }
}
