import { setTimeout as delay } from 'node:timers/promises';
import { spreadOf } from '../spread.js';

/** About 13 MB, as much as a process touches for a tick of some hundred sensors. */
const OBJECTS = 200_000;
const ROUNDS = 3;
const WARM_UP_ROUNDS = 100;
/** With the number of objects it has no common divisor: the objects are looked at in no order that memory has. */
const STEP = 7_919;

export interface RestedWork {
  /** Directly after itself. */
  readonly againMs: number;
  /** After a pause. */
  readonly restedMs: number;
}

/**
 * Medians of how long one fixed piece of work takes on this machine: a look at each of many objects. A virtual machine may
 * take away from its guests what they have not used for seconds, and a tick then pays for getting it back.
 */
export async function measureRestedWork(pauseMs: number): Promise<RestedWork> {
  const objects = Array.from({ length: OBJECTS }, (_, index) => ({ inner: { number: index } }));
  let sum = 0;
  const work = (): number => {
    const begun = performance.now();
    for (let index = 0; index < OBJECTS; index++) {
      sum += objects[(index * STEP) % OBJECTS]?.inner.number ?? 0;
    }
    return performance.now() - begun;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) work();
  const [again, rested]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    await delay(pauseMs);
    rested.push(work());
    again.push(work());
  }
  // The sum is used, lest the work be optimized away.
  if (!Number.isFinite(sum)) throw new RangeError('The numbers of the objects have no sum.');
  return { againMs: spreadOf(again).median, restedMs: spreadOf(rested).median };
}

/** A note for the report. */
export function restedWorkNote({ againMs, restedMs }: RestedWork, pauseMs: number): string {
  const [again, rested, pause] = [againMs.toFixed(1), restedMs.toFixed(1), (pauseMs / 1_000).toString()];
  return (
    `One look at each of ${OBJECTS.toLocaleString('en')} objects took ${again} ms when it was repeated at once, and ${rested} ms ` +
    `after ${pause} s of rest: so much slower is memory here that was not used since the tick before.`
  );
}
