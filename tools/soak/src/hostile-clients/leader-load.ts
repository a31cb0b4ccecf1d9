import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type Pool } from 'undici';

/** An answer that a leader gets: its status, 0 where there was none. */
interface Attempt {
  status: number;
  ms: number;
}

/** What a leader sent, and how it was answered. */
export class LeaderLoad {
  readonly #attempts: Attempt[] = [];
  readonly stored = new Set<number>();
  readonly #pool: Pool;
  readonly #headers: Record<string, string>;
  readonly #sensors: Record<string, number>;

  /** Each report has the values of so many sensors. */
  constructor(pool: Pool, token: string, sensors = 0) {
    this.#pool = pool;
    this.#sensors = Object.fromEntries(
      Array.from({ length: sensors }, (_, index) => [`sensor-${index}`, index]),
    );
    this.#headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  }

  /**
   * Sends one tick after the other until the signal aborts, each once. Their timestamps are `stepMs` apart (1 by
   * default), their beginnings `everyMs`, or as long as an answer takes.
   */
  async run(options: {
    firstTick: number;
    stepMs?: number;
    everyMs: number;
    group: string;
    signal: AbortSignal;
  }): Promise<void> {
    const { firstTick, stepMs = 1, everyMs, group, signal } = options;
    for (let tick = firstTick; !signal.aborted; tick += stepMs) {
      const due = performance.now() + everyMs;
      await this.#send(group, tick);
      await delay(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    }
  }

  get sent(): number {
    return this.#attempts.length;
  }

  /** How many answers there were of each status. */
  get statuses(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of this.#attempts) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  /** Times to an answer, in ms. */
  get latenciesMs(): number[] {
    return this.#attempts.map(({ ms }) => ms);
  }

  async #send(group: string, timestamp: number): Promise<void> {
    const begin = performance.now();
    let status = 0;
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: '/api/v1/measurements',
        headers: this.#headers,
        body: JSON.stringify({
          group,
          timestamp,
          value: timestamp % 100,
          token: '1',
          leader: 'soak',
          sensors: this.#sensors,
        }),
      });
      await response.body.dump();
      status = response.statusCode;
    } catch {
      // No answer at all counts as status 0.
    }
    if (status === 201) this.stored.add(timestamp);
    this.#attempts.push({ status, ms: performance.now() - begin });
  }
}
