import { setTimeout as delay } from 'node:timers/promises';
import { type Totals, totals, wholeTickSince } from './leader-metrics.js';

/** The part of the interval at which the leader is asked: by then the tick is dealt with, and the next one not begun. */
const ASKED_AT = 0.7;

/**
 * From the begin of the read to the acknowledgement of the report, in ms, of one tick after the other; with several groups
 * their mean. Ticks that take longer than most of their interval are left out, as they cannot be told from the next one.
 */
export async function tickDurations(
  leaderUrl: string,
  tickMs: number,
  signal: AbortSignal,
): Promise<number[]> {
  const durations: number[] = [];
  let before: Totals | undefined;
  try {
    for (;;) {
      const untilMs = (tickMs + ASKED_AT * tickMs - (Date.now() % tickMs)) % tickMs;
      await delay(Math.max(untilMs, 1), undefined, { signal });
      const now = await leaderTotals(leaderUrl, signal);
      const durationMs = before && wholeTickSince(before, now);
      if (durationMs !== undefined) durations.push(durationMs);
      before = now;
      // Beyond the moment, so that the next one is that of the next tick.
      await delay(tickMs / 10, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return durations;
  }
}

export async function leaderTotals(leaderUrl: string, signal?: AbortSignal): Promise<Totals> {
  const response = await fetch(`${leaderUrl}/metrics`, signal === undefined ? {} : { signal });
  return totals(await response.text());
}
