import { checkMilliseconds, checkOptions, invalid } from '../arguments/arguments.js';

/** How long to wait before another attempt: exponential with full jitter. */
export interface RetryPolicy {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
}

/** What a client uses unless its option `retry` says otherwise. */
export const defaultRetryPolicy: RetryPolicy = { initialDelayMs: 100, maxDelayMs: 5_000, factor: 2 };

/**
 * Delay before attempt `attempt` (1 for the first repetition): a random part of `initialDelayMs * factor^(attempt-1)`,
 * at least half of it, at most `maxDelayMs`.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (attempt - 1));
  return ceiling * (0.5 + random() / 2);
}

/** The policy with what is left out filled in; throws `INVALID_ARGUMENT` for one that cannot work. */
export function checkRetryPolicy(retry: Partial<RetryPolicy> = {}): RetryPolicy {
  const policy = { ...defaultRetryPolicy, ...checkOptions(retry, 'retry') };
  checkMilliseconds(policy.initialDelayMs, 'retry.initialDelayMs');
  checkMilliseconds(policy.maxDelayMs, 'retry.maxDelayMs');
  if (!(policy.factor >= 1 && policy.factor < Infinity))
    throw invalid('retry.factor', policy.factor, 'a number from 1');
  return policy;
}
