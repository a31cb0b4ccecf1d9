import { type TickReport } from '@atalaya/contracts';
import { decodeValue } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { rejectionOf } from '../connection/store-error.js';
import { MeasurementStoreError, StoreUnavailableError } from '../errors.js';
import { type BatchOutcome, type RecordOutcome } from '../record-outcome.js';
import { recordSensorsScript } from '../scripts/record-sensors.js';
import { recordTickScript } from '../scripts/record-tick.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { type ServerScript } from '../scripts/server-script.js';
import { type RetentionAlignment } from '../series/retention-alignment.js';
import { type Series } from '../series/series.js';
import { type SeriesCreator } from '../series/series-creator.js';
import { batchesOf } from './report-batches.js';
import { type PlannedStep, planReport, type ReportPlan } from './report-plan.js';

/** A series can vanish between its creation and its use only when the group is cleared at that moment. */
const CREATION_ATTEMPTS = 5;

/** What a recorder works with. */
export interface RecorderParts {
  connection: BoundedConnection;
  scripts: ScriptRunner;
  creator: SeriesCreator;
  retention: RetentionAlignment;
  /** Sensors that one run of a script stores. */
  sensorsPerStep: number;
}

/** Stores reports of ticks. */
export class Recorder {
  readonly #connection: BoundedConnection;
  readonly #scripts: ScriptRunner;
  readonly #creator: SeriesCreator;
  readonly #retention: RetentionAlignment;
  readonly #sensorsPerStep: number;

  constructor({ connection, scripts, creator, retention, sensorsPerStep }: RecorderParts) {
    this.#connection = connection;
    this.#scripts = scripts;
    this.#creator = creator;
    this.#retention = retention;
    this.#sensorsPerStep = sensorsPerStep;
  }

  /** Stores one report. */
  async record(report: TickReport): Promise<RecordOutcome> {
    const plan = planReport(report, this.#sensorsPerStep);
    await this.#retention.align(plan.group);
    return this.#finish(report, plan, await this.#run(recordTickScript, plan, plan.tick));
  }

  /** Stores reports in order, those of one group in few round trips; each has an outcome of its own. */
  async recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]> {
    const outcomes = new Array<BatchOutcome>(reports.length);
    for (const batch of batchesOf(reports)) {
      const planned = batch.flatMap(({ index, report }) => {
        try {
          return [{ index, report, plan: planReport(report, this.#sensorsPerStep) }];
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
    const [first] = plans;
    if (first === undefined) return [];
    try {
      await this.#retention.align(first.group);
      await this.#createMissing(first, plans);
      return await this.#scripts.runAll(
        recordTickScript,
        plans.map(({ tick }) => tick),
      );
    } catch (error) {
      if (!(error instanceof MeasurementStoreError)) throw error;
      return plans.map(() => error);
    }
  }

  /**
   * Creates what the batch needs beforehand, so that its reports are stored in their order: one that had to wait for a
   * series would come after a later one, whose newer token would refuse it.
   */
  async #createMissing({ group, keys }: ReportPlan, plans: readonly ReportPlan[]): Promise<void> {
    const series = new Map(plans.flatMap(({ tick }) => tick.series.map((one) => [one.key, one])));
    const names = [...series.keys()];
    const found = await this.#connection.run((redis) => redis.exists(...names));
    if (found === names.length) return;
    // Those that exist are left as they are.
    await this.#creator.create(group, keys, [...series.values()]);
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

function failed(error: unknown): BatchOutcome {
  if (error instanceof MeasurementStoreError) return { outcome: 'failed', error };
  throw error;
}
