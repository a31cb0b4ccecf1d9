import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { TestKitError } from '../errors.js';
import { type FaultKind, type FaultStep, reachOf } from './fault-kind.js';

/** What a plan is drawn from. The same values give the same plan, on every machine. */
export interface FaultPlanOptions {
  readonly seed: number;
  /** All faults are healed by then. */
  readonly durationMs: number;
  /** Pause between one injection and the next. */
  readonly gapMs: { readonly min: number; readonly max: number };
  /** How many faults are in force at a time at most. */
  readonly maxConcurrent: number;
  readonly faults: readonly FaultKind[];
}

/**
 * Draws the faults of a run before it begins: nothing that happens during the run changes what comes next.
 *
 * @throws TestKitError `INVALID_OPTION`
 */
export function drawFaultPlan(options: FaultPlanOptions): FaultStep[] {
  check(options);
  const { seed, durationMs, gapMs, maxConcurrent, faults } = options;
  const generator = xoroshiro128plus(seed);
  const between = (min: number, max: number): number =>
    uniformInt(generator, Math.round(min), Math.round(max));

  const kinds = new Map(faults.map((kind) => [kind.name, kind]));
  const steps: FaultStep[] = [];
  let atMs = between(gapMs.min, gapMs.max);
  while (atMs < durationMs) {
    // Drawn in any case, so that a step left out for want of a target leaves the later draws as they are.
    const [kindDraw, targetDraw, draw] = [between(0, 0xffff), between(0, 0xffff), between(0, 0xffff_ffff)];
    const hit = steps.filter((step) => step.atMs + step.lastsMs >= atMs);
    const kind = pickByWeight(faults, kindDraw / 0x1_0000);
    const lastsMs = kind?.lastsMs
      ? Math.min(between(kind.lastsMs.min, kind.lastsMs.max), durationMs - atMs)
      : 0;
    const taken = new Set(hit.flatMap(({ fault, target }) => reachOf(kinds.get(fault), target)));
    const free =
      kind?.targets.filter((target) => reachOf(kind, target).every((each) => !taken.has(each))) ?? [];
    const target = free[targetDraw % free.length];
    if (kind && target !== undefined && hit.length < maxConcurrent) {
      steps.push({ atMs, lastsMs, fault: kind.name, target, draw });
    }
    atMs += between(gapMs.min, gapMs.max);
  }
  return steps;
}

/** A plan as a table, one line a step. */
export function formatFaultPlan(steps: readonly FaultStep[]): string {
  return steps
    .map(({ atMs, lastsMs, fault, target }) => {
      const length = lastsMs > 0 ? ` for ${lastsMs} ms` : '';
      return `${String(atMs).padStart(8)} ms  ${fault}: ${target}${length}`;
    })
    .join('\n');
}

/** The kind in whose share of all weights, laid end to end, the fraction falls. */
function pickByWeight(faults: readonly FaultKind[], fraction: number): FaultKind | undefined {
  const total = faults.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let rest = fraction * total;
  return faults.find(({ weight = 1 }) => (rest -= weight) < 0);
}

function check({ seed, durationMs, gapMs, maxConcurrent, faults }: FaultPlanOptions): void {
  const problems = [
    !Number.isInteger(seed) && `seed is ${seed}: it is a whole number`,
    !(durationMs > 0) && `durationMs is ${durationMs}: it is more than 0`,
    !(gapMs.min >= 1 && gapMs.max >= gapMs.min) &&
      `gapMs is ${gapMs.min} to ${gapMs.max}: it goes up from 1 or more`,
    !(maxConcurrent >= 1) && `maxConcurrent is ${maxConcurrent}: it is 1 or more`,
    faults.length === 0 && 'faults is empty: name at least one kind',
    faults.some(({ targets }) => targets.length === 0) && 'a kind of fault has no targets',
    new Set(faults.map(({ name }) => name)).size < faults.length && 'two kinds of fault have the same name',
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new TestKitError('INVALID_OPTION', `Bad fault plan: ${problems.join('; ')}`);
}
