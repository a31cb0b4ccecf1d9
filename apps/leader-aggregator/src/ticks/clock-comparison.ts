/** However long the tick, a clock that is off by more than this is wrong; the ingest API allows ten times as much. */
const MAX_ERROR_MS = 30_000;

/** Below this, clocks differ without anybody's fault. */
const MIN_ERROR_MS = 1_000;

/** How far this host's clock may be off before ticks that are named by it count as wrong: one tick, 1 s to 30 s. */
export function maxClockErrorMs(tickIntervalMs: number): number {
  return Math.min(Math.max(tickIntervalMs, MIN_ERROR_MS), MAX_ERROR_MS);
}

/** A comparison of this host's clock with that of a server that is asked for the time meanwhile. */
export interface ClockComparison {
  /**
   * How far this host's clock is surely ahead of the server's, in ms; negative where it is behind, and 0 where the
   * difference may be the way of the request and its answer.
   *
   * @param serverTimeMs what the server answered
   * @param tickMs a tick that was named before: one that is ahead of the server's clock counts as this host's
   */
  compare(serverTimeMs: number, tickMs: number): number;
}

/** Begins a comparison; call it before the request. */
export function startComparison(
  clock: { now(): number; monotonicMs(): number } = {
    now: Date.now,
    monotonicMs: () => performance.now(),
  },
): ClockComparison {
  const [askedAt, startedMs] = [clock.now(), clock.monotonicMs()];
  return {
    compare(serverTimeMs, tickMs) {
      // The server read its clock after the request was made and before the answer came. The end is not read from the
      // wall clock, which may have been set meanwhile.
      const answeredAt = askedAt + (clock.monotonicMs() - startedMs);
      const ahead = Math.max(askedAt, tickMs) - serverTimeMs;
      if (ahead > 0) return Math.round(ahead);
      return Math.round(Math.min(0, answeredAt - serverTimeMs));
    },
  };
}
