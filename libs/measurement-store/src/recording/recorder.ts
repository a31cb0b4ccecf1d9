import { type TickReport } from '@atalaya/contracts';
import { decodeValue } from '@atalaya/redis-timeseries';
import { rejectionOf } from '../connection/store-error.js';
import { MeasurementStoreError, StoreUnavailableError } from '../errors.js';
import { type BatchOutcome, type RecordOutcome } from '../record-outcome.js';
import { recordSensorsScript } from '../scripts/record-sensors.js';
import { recordTickScript } from '../scripts/record-tick.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { type ServerScript } from '../scripts/server-script.js';
import { type Series } from '../series/series.js';
import { type SeriesCreator } from '../series/series-creator.js';
import { type PlannedStep, planReport, type ReportPlan } from './report-plan.js';

/** A series can vanish between its creation and its use only when the group is cleared at that moment. */
const CREATION_ATTEMPTS = 5;

/** Bounds of what one round trip of a batch carries. */
const REPORTS_PER_ROUND_TRIP = 100;
const SENSORS_PER_ROUND_TRIP = 5_000;

/** Stores reports of ticks. */
export class Recorder {
  readonly #scripts: ScriptRunner;
  readonly #creator: SeriesCreator;

  constructor(scripts: ScriptRunner, creator: SeriesCreator) {
    this.#scripts = scripts;
    this.#creator = creator;
  }

  /** Stores one report. */
  async record(report: TickReport): Promise<RecordOutcome> {
    const plan = planReport(report);
    return this.#finish(report, plan, await this.#run(recordTickScript, plan, plan.tick));
  }

  /** Stores reports in order, those of one group in few round trips; each has an outcome of its own. */
  async recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]> {
    const outcomes = new Array<BatchOutcome>(reports.length);
    for (const batch of batchesOf(reports)) {
      const planned = batch.flatMap(({ index, report }) => {
        try {
          return [{ index, report, plan: planReport(report) }];
        } catch (error) {
          outcomes[index] = failed(error);
          return [];
        }
      });
      const answers = await this.#runBatch(planned.map(({ plan }) => plan));
      for (const [position, { index, report, plan }] of planned.entries()) {
        outcomes[index] = await this.#settle(report, plan, answers[position]);
      }
    }
    return outcomes;
  }

  async #runBatch(plans: readonly ReportPlan[]): Promise<(string[] | Error)[]> {
    try {
      return await this.#scripts.runAll(
        recordTickScript,
        plans.map(({ tick }) => tick),
      );
    } catch (error) {
      if (!(error instanceof MeasurementStoreError)) throw error;
      return plans.map(() => error);
    }
  }

  async #settle(
    report: TickReport,
    plan: ReportPlan,
    answer: string[] | Error | undefined,
  ): Promise<BatchOutcome> {
    try {
      if (answer === undefined) throw new TypeError('A report of the batch has no answer.');
      if (answer instanceof Error) throw answer;
      const settled =
        answer[0] === 'missing' ? await this.#run(recordTickScript, plan, plan.tick, answer) : answer;
      return await this.#finish(report, plan, settled);
    } catch (error) {
      return failed(error);
    }
  }

  async #finish(report: TickReport, plan: ReportPlan, answer: readonly string[]): Promise<RecordOutcome> {
    const { timestamp, value } = report;
    const [outcome, detail = '', resume] = answer;
    switch (outcome) {
      case 'stored':
        await this.#storeFurther(plan);
        return { outcome, measurement: { timestamp, value } };
      case 'duplicate':
        if (resume === 'resume') await this.#storeFurther(plan);
        return { outcome, measurement: { timestamp, value: decodeValue(detail) } };
      case 'stale-token':
        return { outcome, newestToken: detail };
      case 'rejected':
        throw rejectionOf(detail);
      default:
        throw new TypeError(`The record-tick script answered ${String(outcome)}.`);
    }
  }

  async #storeFurther(plan: ReportPlan): Promise<void> {
    for (const step of plan.further) {
      const [answer] = await this.#run(recordSensorsScript, plan, step);
      if (answer === 'done') return;
    }
  }

  /** Runs a step, creating the series that it says are missing. */
  async #run(
    script: ServerScript,
    { group, keys }: ReportPlan,
    step: PlannedStep,
    firstAnswer?: readonly string[],
  ): Promise<readonly string[]> {
    let answer = firstAnswer ?? (await this.#scripts.run(script, step));
    for (let attempt = 0; answer[0] === 'missing'; attempt += 1) {
      if (attempt === CREATION_ATTEMPTS) {
        throw new StoreUnavailableError(`Series of group ${group} vanish as soon as they are created.`);
      }
      const missing = missingSeries(step, answer.slice(1));
      await this.#creator.create(group, keys, missing);
      answer = await this.#scripts.run(script, step);
    }
    return answer;
  }
}

function missingSeries(step: PlannedStep, positions: readonly string[]): Series[] {
  return positions.flatMap((position) => step.series[Number(position) - step.firstSeries] ?? []);
}

interface IndexedReport {
  index: number;
  report: TickReport;
}

/** Reports of one group each, in their order, bounded in number and in sensors. */
function* batchesOf(reports: readonly TickReport[]): Generator<IndexedReport[]> {
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

function failed(error: unknown): BatchOutcome {
  if (error instanceof MeasurementStoreError) return { outcome: 'failed', error };
  throw error;
}
