import { setTimeout as delay } from 'node:timers/promises';

/** Ticks are looked for at least this often, so that a wall clock that is set is noticed soon, however long the tick. */
const MAX_SLEEP_MS = 1_000;

/** Ticks that are remembered as handled; with ticks of 5 s more than a day, which a clock may be set back. */
const MAX_REMEMBERED = 20_000;

/** The tick that an instant belongs to: the latest multiple of the interval, on the wall clock. */
export function tickAt(wallClockMs: number, intervalMs: number): number {
  return Math.floor(wallClockMs / intervalMs) * intervalMs;
}

/** The ticks that this process has handled, over all its terms: each is handled once, wherever the clock is set. */
export class HandledTicks {
  readonly #ticks = new Set<number>();

  /** Whether the tick is new; from then on it is not. */
  claim(tick: number): boolean {
    if (this.#ticks.has(tick)) return false;
    this.#ticks.add(tick);
    if (this.#ticks.size > MAX_REMEMBERED) {
      for (const oldest of this.#ticks) {
        this.#ticks.delete(oldest);
        break;
      }
    }
    return true;
  }

  /** Makes a tick new again: it was claimed and then not handled. */
  release(tick: number): void {
    this.#ticks.delete(tick);
  }
}

export interface TickClock {
  /** Wall clock in ms. */
  now(): number;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Monotonic, in ms. */
  elapsed(): number;
}

export const systemClock: TickClock = {
  now: Date.now,
  sleep: (durationMs, signal) => delay(durationMs, undefined, { signal }),
  elapsed: () => performance.now(),
};

export interface Tick {
  /** The tick in ms. */
  readonly timestamp: number;
  /** Ticks between the one before and this one that could not be made. */
  readonly missed: number;
  /** Why: handling the one before took that long, or the process stood still or its clock was set. */
  readonly missedBecause: 'overload' | 'standstill';
}

/**
 * The current tick at once and then each tick as it begins, until the signal aborts.
 *
 * Ticks follow the wall clock: the time that handling one takes shifts none. Handling is never cut short: a tick that is
 * over before it could begin is missed; when the clock is set forward the ticks in between are, and when it is set back the ticks that
 * were handled already do not come again.
 */
export async function* ticks(options: {
  intervalMs: number;
  handled: HandledTicks;
  signal: AbortSignal;
  clock?: TickClock;
}): AsyncGenerator<Tick, void> {
  const { intervalMs, handled, signal, clock = systemClock } = options;
  let previous: number | undefined;
  let handlingMs = 0;
  const stopped = (): boolean => signal.aborted;
  while (!stopped()) {
    const timestamp = tickAt(clock.now(), intervalMs);
    if (handled.claim(timestamp)) {
      const missed = previous === undefined ? 0 : Math.max(0, (timestamp - previous) / intervalMs - 1);
      // Time spent waiting for the next tick belongs to nobody: only a handling that outlasts its tick is overload.
      const missedBecause = handlingMs > intervalMs ? 'overload' : 'standstill';
      previous = timestamp;
      const begun = clock.elapsed();
      yield { timestamp, missed, missedBecause };
      handlingMs = clock.elapsed() - begun;
      continue;
    }
    previous ??= timestamp;
    // Timers may fire a fraction early: the loop then comes by once more.
    const untilNextMs = Math.max(1, Math.ceil(timestamp + intervalMs - clock.now()));
    try {
      await clock.sleep(Math.min(untilNextMs, MAX_SLEEP_MS), signal);
    } catch (error) {
      if (stopped()) return;
      throw error;
    }
  }
}
