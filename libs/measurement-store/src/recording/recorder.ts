import { type TickReport } from '@atalaya/contracts';
import { decodeValue } from '@atalaya/redis-timeseries';
import { rejectionOf } from '../connection/store-error.js';
import {
  LimitReachedError,
  MeasurementStoreError,
  StoreUnavailableError,
  TimestampAheadError,
} from '../errors.js';
import { type BatchOutcome, type RecordOutcome } from '../record-outcome.js';
import { recordSensorsScript } from '../scripts/record-sensors.js';
import { recordTicksScript } from '../scripts/record-ticks.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { type ServerScript } from '../scripts/server-script.js';
import { type SensorForgetting } from '../forgetting/sensor-forgetting.js';
import { type RetentionAlignment } from '../series/retention-alignment.js';
import { type RuleRepair } from '../series/rule-repair.js';
import { type Series } from '../series/series.js';
import { type SeriesCreator } from '../series/series-creator.js';
import { planBatch } from './batch-plan.js';
import { OutageInBatch } from './outage-in-batch.js';
import { batchesOf, type Batch } from './report-batches.js';
import { type PlannedStep, planReport, type ReportPlan } from './report-plan.js';
import { WaitingReports } from './waiting-reports.js';

/** A series can vanish between its creation and its use only when the group is cleared at that moment. */
export const CREATION_ATTEMPTS = 5;

/** What a recorder works with. */
export interface RecorderParts {
  scripts: ScriptRunner;
  creator: SeriesCreator;
  retention: RetentionAlignment;
  forgetting: SensorForgetting;
  repair: RuleRepair;
  /** Sensors that one run of a script stores. */
  sensorsPerStep: number;
  /** How far ahead of the server's clock a tick may be, in ms. */
  maxAheadMs: number;
  /** Most reports that wait at the same time. */
  maxPending: number;
  /** Longest wait for an answer of the server, in ms. */
  commandTimeoutMs: number;
}

/** Stores reports of ticks. */
export class Recorder {
  readonly #scripts: ScriptRunner;
  readonly #creator: SeriesCreator;
  readonly #retention: RetentionAlignment;
  readonly #forgetting: SensorForgetting;
  readonly #repair: RuleRepair;
  readonly #sensorsPerStep: number;
  readonly #maxAheadMs: number;
  readonly #waiting: WaitingReports;
  readonly #commandTimeoutMs: number;

  constructor(parts: RecorderParts) {
    const { scripts, creator, retention, forgetting, repair, sensorsPerStep, maxPending, commandTimeoutMs } =
      parts;
    this.#maxAheadMs = parts.maxAheadMs;
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#scripts = scripts;
    this.#creator = creator;
    this.#retention = retention;
    this.#forgetting = forgetting;
    this.#repair = repair;
    this.#sensorsPerStep = sensorsPerStep;
    this.#waiting = new WaitingReports((plans) => this.#runBatch(plans), maxPending);
  }

  /** Stores one report, in one run of the script with those that are recorded about the same time. */
  async record(report: TickReport): Promise<RecordOutcome> {
    const plan = planReport(report, this.#sensorsPerStep);
    return this.#finish(report, plan, await this.#waiting.add(plan));
  }

  /** Stores reports in order, those of one group in few round trips; each has an outcome of its own. */
  async recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]> {
    const outcomes = new Array<BatchOutcome>(reports.length);
    const planned = reports.flatMap((report, index) => {
      try {
        return [{ index, report, plan: planReport(report, this.#sensorsPerStep) }];
      } catch (error) {
        outcomes[index] = failed(error);
        return [];
      }
    });
    const outage = new OutageInBatch(this.#commandTimeoutMs);
    for (const batch of batchesOf(planned)) {
      const plans = batch.map(({ plan }) => plan) as Batch<ReportPlan>;
      const { error } = outage;
      const answers = error === undefined ? await this.#answersOf(plans) : plans.map(() => error);
      for (const [position, { index, report, plan }] of batch.entries()) {
        const isLost = outage.error !== undefined && plan.further.length > 0;
        const outcome = await this.#settle(report, plan, isLost ? outage.error : answers[position]);
        outage.note(outcome);
        outcomes[index] = outcome;
      }
    }
    return outcomes;
  }

  async #answersOf(plans: Batch<ReportPlan>): Promise<readonly (string[] | Error)[]> {
    try {
      return await this.#runBatch(plans);
    } catch (error) {
      if (!(error instanceof MeasurementStoreError)) throw error;
      return plans.map(() => error);
    }
  }

  /** The script's answer to each report. */
  async #runBatch(plans: Batch<ReportPlan>): Promise<readonly (string[] | Error)[]> {
    const [first] = plans;
    await this.#retention.align(first.group);
    let answers: readonly string[][];
    try {
      answers = await this.#run(recordTicksScript, first, planBatch(plans, { maxAheadMs: this.#maxAheadMs }));
    } catch (error) {
      if (!(error instanceof LimitReachedError) || plans.length === 1) throw error;
      return this.#runEach(plans);
    }
    this.#forgetting.consider(first.group);
    this.#repair.consider(first.group);
    return answers;
  }

  /** One by one: a report of more sensors than there may be does not keep the others of its group out. */
  async #runEach(plans: Batch<ReportPlan>): Promise<readonly (string[] | Error)[]> {
    const answers: (string[] | Error)[] = [];
    for (const plan of plans) answers.push(...(await this.#answersOf([plan])));
    return answers;
  }

  async #settle(
    report: TickReport,
    plan: ReportPlan,
    answer: string[] | Error | undefined,
  ): Promise<BatchOutcome> {
    try {
      if (answer === undefined) throw new TypeError('A report of the batch has no answer.');
      if (answer instanceof Error) throw answer;
      return await this.#finish(report, plan, answer);
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
      case 'ahead':
        throw new TimestampAheadError({
          timestamp,
          serverTimeMs: Number(detail),
          maxAheadMs: this.#maxAheadMs,
        });
      case 'rejected':
        throw rejectionOf(detail);
      default:
        throw new TypeError(`The record-ticks script answered ${String(outcome)}.`);
    }
  }

  async #storeFurther(plan: ReportPlan): Promise<void> {
    for (const step of plan.further) {
      const [answer] = await this.#run(recordSensorsScript, plan, step);
      if (answer?.[0] === 'done') return;
    }
  }

  /** Runs a step, creating the series that it says are missing; it changed nothing then. */
  async #run(
    script: ServerScript,
    { group, keys }: ReportPlan,
    step: PlannedStep,
  ): Promise<readonly string[][]> {
    let answer = await this.#scripts.run(script, step);
    for (let attempt = 0; answer[0]?.[0] === 'missing'; attempt += 1) {
      if (attempt === CREATION_ATTEMPTS) {
        throw new StoreUnavailableError(`Series of group ${group} vanish as soon as they are created.`);
      }
      await this.#creator.create(group, keys, missingSeries(step, answer.slice(1)));
      answer = await this.#scripts.run(script, step);
    }
    return answer;
  }
}

function missingSeries(step: PlannedStep, positions: readonly string[][]): Series[] {
  return positions.flatMap(([position]) => step.series[Number(position) - step.firstSeries] ?? []);
}

function failed(error: unknown): BatchOutcome {
  if (error instanceof MeasurementStoreError) return { outcome: 'failed', error };
  throw error;
}
