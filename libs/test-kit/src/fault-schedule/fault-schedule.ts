import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { abortError, messageOf, TestKitError } from '../errors.js';
import { type FaultKind, type FaultStep, type Heal, reachOf } from './fault-kind.js';
import { drawFaultPlan, type FaultPlanOptions, formatFaultPlan } from './fault-plan.js';

/** What a {@link FaultSchedule} is made of. */
export interface FaultScheduleOptions {
  readonly faults: readonly FaultKind[];
  /** Length of the run; all faults are injected and begun to be healed within it. */
  readonly durationMs: number;
  /** Seed of an earlier run, to repeat it; drawn at random by default. */
  readonly seed?: number | undefined;
  /** Pause between one injection and the next; 500 to 3,000 ms by default. */
  readonly gapMs?: FaultPlanOptions['gapMs'];
  /** How many faults are in force at a time at most; 2 by default. */
  readonly maxConcurrent?: number;
  /** Receives the seed at the start and a line for each injection and healing; standard error by default. */
  readonly log?: (line: string) => void;
}

/** A step as it was carried out. */
export interface ExecutedStep extends FaultStep {
  /** From the start of the run. */
  readonly injectedAtMs: number;
  /** From the start of the run. */
  readonly healedAtMs: number;
}

/**
 * A run of faults that a seed decides: which, on what, when and for how long is drawn before it begins, so that the
 * same seed with the same options injects the same again. (What the system under test does in between is its own:
 * a replay repeats the faults, not the interleaving.)
 *
 * @example
 * const schedule = new FaultSchedule({
 *   durationMs: 60_000,
 *   faults: [...serverFaults(zk), ...proxyFaults(proxy), ...processFaults(candidates)],
 * });
 * await schedule.run(); // prints the seed; all faults are healed when it resolves
 */
export class FaultSchedule {
  readonly seed: number;
  readonly steps: readonly FaultStep[];
  readonly #kinds: ReadonlyMap<string, FaultKind>;
  readonly #log: (line: string) => void;

  constructor(private readonly options: FaultScheduleOptions) {
    const { faults, durationMs, seed, gapMs = { min: 500, max: 3_000 }, maxConcurrent = 2, log } = options;
    this.seed = seed ?? randomInt(0x7fff_ffff);
    this.steps = drawFaultPlan({ seed: this.seed, durationMs, gapMs, maxConcurrent, faults });
    this.#kinds = new Map(faults.map((kind) => [kind.name, kind]));
    this.#log = log ?? ((line) => process.stderr.write(`${line}\n`));
  }

  /** The seed and the plan, for the message of a test that failed. */
  toString(): string {
    return `fault schedule, seed ${this.seed}\n${formatFaultPlan(this.steps)}`;
  }

  /**
   * Injects and heals the faults at their times. Resolves when the duration is over and everything is healed, with
   * what was done when. It ends early, after healing, when a fault fails or the signal aborts.
   *
   * @throws TestKitError `FAULT_FAILED` when a fault could not be injected or healed, with the seed in the message;
   *   `ABORTED`
   */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<readonly ExecutedStep[]> {
    const startedMs = performance.now();
    const elapsedMs = (): number => Math.round(performance.now() - startedMs);
    const failed = new AbortController();
    const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    // Every step under way listens.
    setMaxListeners(0, ended);
    this.#log(
      `fault schedule: ${this.steps.length} faults in ${this.options.durationMs} ms, seed ${this.seed}`,
    );

    const execute = async (step: FaultStep): Promise<ExecutedStep | undefined> => {
      if (!(await pause(step.atMs - elapsedMs(), ended))) return undefined;
      const injectedAtMs = elapsedMs();
      this.#log(`${injectedAtMs} ms: ${step.fault}: ${step.target}`);
      const heal = await this.#inject(step);
      await pause(step.atMs + step.lastsMs - elapsedMs(), ended);
      await heal?.();
      const healedAtMs = elapsedMs();
      if (heal) this.#log(`${healedAtMs} ms: healed: ${step.fault}: ${step.target}`);
      return { ...step, injectedAtMs, healedAtMs };
    };
    const failures: TestKitError[] = [];
    const carryOut = (step: FaultStep): Promise<ExecutedStep | undefined> =>
      execute(step).catch((cause: unknown) => {
        failures.push(this.#failure(step, cause));
        failed.abort();
        return undefined;
      });
    // A healing can take longer than planned: the next fault on the same target waits for it.
    const last = new Map<string, Promise<unknown>>();
    const executed = await Promise.all(
      this.steps.map((step) => {
        const reach = reachOf(this.#kinds.get(step.fault), step.target);
        const done = Promise.all(reach.map(async (target) => last.get(target))).then(() => carryOut(step));
        for (const target of reach) last.set(target, done);
        return done;
      }),
    );
    if (failures[0]) throw failures[0];
    await pause(this.options.durationMs - elapsedMs(), ended);
    if (signal?.aborted) throw abortError(signal, `The fault schedule with seed ${this.seed}`);
    return executed.filter((step) => step !== undefined);
  }

  async #inject(step: FaultStep): Promise<Heal | undefined> {
    const kind = this.#kinds.get(step.fault);
    return kind?.inject(kind.targets.indexOf(step.target), step.draw);
  }

  #failure({ fault, target, atMs }: FaultStep, cause: unknown): TestKitError {
    return new TestKitError(
      'FAULT_FAILED',
      `The fault '${fault}: ${target}' at ${atMs} ms of the schedule with seed ${this.seed} failed: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Whether the time passed without the signal. */
async function pause(durationMs: number, signal: AbortSignal): Promise<boolean> {
  if (durationMs > 0) await delay(durationMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
