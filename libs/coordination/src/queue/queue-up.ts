import type { SessionKeeper } from '../connection/session-keeper.js';
import { Place, type PlaceOptions } from './place.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { delay } from '../waiting/abortable.js';
import type { Acquired, WhenOccupied } from '../holding/holding.js';

/**
 * Queues until it is granted, in one session after the other; whoever asked for it calls `leave()` in the end. When the
 * signal aborts it rejects at once with its reason; the znode is deleted in the background, also one that arrives only
 * then.
 */
export async function queueUp(
  keeper: SessionKeeper,
  options: PlaceOptions,
  signal: AbortSignal,
): Promise<Acquired>;
/** The same without waiting for others: undefined where somebody is before it. */
export async function queueUp(
  keeper: SessionKeeper,
  options: PlaceOptions,
  signal: AbortSignal,
  whenOccupied: WhenOccupied,
): Promise<Acquired | undefined>;
export async function queueUp(
  keeper: SessionKeeper,
  options: PlaceOptions,
  signal: AbortSignal,
  whenOccupied: WhenOccupied = 'wait',
): Promise<Acquired | undefined> {
  for (let failures = 0; ; failures++) {
    if (failures > 1) await delay(retryDelayMs(keeper.retry, failures - 1), signal);
    const session = await keeper.session(signal);
    const candidacy = new Place(keeper, session, options);
    let granted = false;
    try {
      const outcome = await candidacy.elected(signal, whenOccupied);
      if (outcome.elected === 'occupied') return undefined;
      granted = outcome.elected;
      if (outcome.elected) return { grant: outcome.grant, leave: () => candidacy.leave() };
    } finally {
      if (!granted) void candidacy.leave();
    }
  }
}
