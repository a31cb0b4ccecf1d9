import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition; a test that waits in vain ends with the name of what it waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 15_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition.toString()}`);
    await delay(5);
  }
}
