import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer is yes.
 *
 * @throws {Error} naming what was waited for, with the last problem, when the time is over
 * @throws the signal's reason once it is aborted
 */
export async function waitUntil(
  what: string,
  ask: () => Promise<boolean>,
  { timeoutMs, everyMs = 1_000, signal }: { timeoutMs: number; everyMs?: number; signal?: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let problem = '';
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    try {
      if (await ask()) return;
      problem = '';
    } catch (error) {
      problem = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    await delay(everyMs);
  }
  throw new Error(`Gave up after ${timeoutMs / 1000} s waiting for ${what}${problem}`);
}
