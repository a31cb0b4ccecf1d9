import { setTimeout as delay } from 'node:timers/promises';
import { abortError, messageOf, TestKitError } from '../errors.js';

/** How {@link waitFor} polls and what it says when the condition does not come true. */
export interface WaitForOptions<T> {
  /** Gives up after this many milliseconds; 25,000 by default, less than the 30 s that Jest is often given. */
  readonly timeoutMs?: number;
  /** Pause between two looks in milliseconds; 25 by default. */
  readonly intervalMs?: number;
  /** What is awaited, in words or from the last value seen: `'a leader'` gives "waited 10000 ms for a leader". */
  readonly describe?: string | ((last: T | undefined) => string);
  readonly signal?: AbortSignal;
}

/** How long a look at the deadline may take. */
const LAST_LOOK_MS = 1_000;

/**
 * Polls until `condition` gives a truthy value, and resolves with it. A condition that throws counts as not met
 * yet, and so does one that does not settle. It is always looked at once more at the deadline, so that a blocked event
 * loop alone fails no test.
 *
 * @throws TestKitError `CONDITION_NOT_MET` after `timeoutMs`, with the last value seen in the message and the last
 *   error as `cause`; `ABORTED` when the signal aborts
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitForOptions<Awaited<T>> = {},
): Promise<Truthy<Awaited<T>>> {
  const { timeoutMs = 25_000, intervalMs = 25, describe = 'the condition', signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const lastLook = performance.now() >= deadline;
    let value: Awaited<T> | undefined;
    let failure: { readonly cause: unknown } | undefined;
    try {
      value = await settled(condition, Math.max(deadline - performance.now(), LAST_LOOK_MS), signal);
      if (value) return value as Truthy<Awaited<T>>;
    } catch (cause) {
      failure = { cause };
    }
    if (lastLook || signal?.aborted) {
      const what = typeof describe === 'string' ? describe : describe(value);
      if (signal?.aborted) throw abortError(signal, `Waiting for ${what}`);
      const seen = failure ? `the last look threw: ${messageOf(failure.cause)}` : `last seen: ${show(value)}`;
      throw new TestKitError('CONDITION_NOT_MET', `Waited ${timeoutMs} ms for ${what}; ${seen}`, failure);
    }
    const pauseMs = Math.max(0, Math.min(intervalMs, deadline - performance.now()));
    await delay(pauseMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** What remains of a type when its falsy values are gone. */
export type Truthy<T> = Exclude<T, false | 0 | 0n | '' | null | undefined>;

/** The condition's value, unless it takes longer than the limit or the signal aborts. */
async function settled<T>(
  condition: () => T | Promise<T>,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Awaited<T>> {
  const over = new AbortController();
  const limit = delay(limitMs, undefined, {
    signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
  }).then(() => {
    throw new Error(`it did not settle within ${Math.round(limitMs)} ms`);
  });
  try {
    return await Promise.race([condition(), limit]);
  } finally {
    limit.catch(() => undefined);
    over.abort();
  }
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}
