/** How waits between rounds grow. */
export interface RetryDelays {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * The wait before the next round after this many have failed in a row: none before the first, then doubled each time,
 * less up to a half by chance, so that clients that lost a server together do not come back together.
 *
 * @param random in [0, 1)
 */
export function retryDelayMs(
  failedRounds: number,
  { firstDelayMs, maxDelayMs }: RetryDelays,
  random: number,
): number {
  if (failedRounds === 0) return 0;
  const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failedRounds - 1, 30));
  return longest * (1 - random / 2);
}
