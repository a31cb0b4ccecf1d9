import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
const DEADLINE_MS = 60_000;

/** Resolves once `condition` holds. */
export async function eventually(
  condition: () => unknown,
  description = condition.toString(),
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${DEADLINE_MS} ms: ${description}`);
    await delay(POLL_MS);
  }
}
