import type { SessionKeeper } from './session-keeper.js';
import type { Session } from './session.js';
import { isRetryable } from '../errors/is-retryable.js';
import { abortable, delay } from '../waiting/abortable.js';
import { retryDelayMs } from '../retry/retry-policy.js';

/** Runs what can be sent again without harm, in whichever session there is, until it is answered. */
export async function repeated<T>(
  keeper: SessionKeeper,
  signal: AbortSignal | undefined,
  operation: (session: Session) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const session = await keeper.session(signal);
      return await abortable(operation(session), signal);
    } catch (error) {
      if (!isRetryable(error) || keeper.closing.aborted) throw error;
      await delay(retryDelayMs(keeper.retry, attempt), signal);
    }
  }
}
