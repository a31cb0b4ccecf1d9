import { StoreUnavailableError } from '../errors.js';
import { type Batch, batchesOf } from './report-batches.js';
import { type ReportPlan } from './report-plan.js';

interface WaitingReport {
  readonly plan: ReportPlan;
  readonly resolve: (answer: string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Stores a batch; the answers, or why there is none, are in the order of its reports. */
export type RunBatch = (plans: Batch<ReportPlan>) => Promise<readonly (string[] | Error)[]>;

/** Longest wait of a report for the runs under way, in ms: one that takes longer does not hold up others. */
const MAX_GATHERING_MS = 5;

/**
 * Gathers the reports that arrive in one turn of the event loop, or while a run is under way, so that those of a group go
 * to the store together: with many clients one run of a script, one commit and one round trip serve all of them, and a
 * single one waits for nobody. Each has its own answer; only where a whole batch fails, all of its reports do.
 */
export class WaitingReports {
  readonly #run: RunBatch;
  readonly #maxPending: number;
  #gathered: WaitingReport[] = [];
  #pending = 0;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(run: RunBatch, maxPending: number) {
    this.#run = run;
    this.#maxPending = maxPending;
  }

  /** The script's answer to the report. */
  async add(plan: ReportPlan): Promise<string[]> {
    if (this.#pending >= this.#maxPending) {
      throw new StoreUnavailableError(
        `${this.#maxPending} reports wait for the store already; try again later.`,
      );
    }
    this.#pending += 1;
    try {
      return await new Promise<string[]>((resolve, reject) => {
        if (this.#gathered.length === 0) setImmediate(this.#sendUnlessRunning);
        this.#gathered.push({ plan, resolve, reject });
      });
    } finally {
      this.#pending -= 1;
    }
  }

  readonly #sendUnlessRunning = (): void => {
    if (this.#running === 0) this.#send();
    else this.#timer = setTimeout(this.#send, MAX_GATHERING_MS);
  };

  readonly #send = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const batch of batchesOf(gathered)) void this.#settle(batch);
  };

  async #settle(batch: Batch<WaitingReport>): Promise<void> {
    this.#running += 1;
    try {
      const answers = await this.#run(batch.map(({ plan }) => plan) as Batch<ReportPlan>);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index] ?? [];
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#running -= 1;
      if (this.#running === 0 && this.#timer !== undefined) this.#send();
    }
  }
}
