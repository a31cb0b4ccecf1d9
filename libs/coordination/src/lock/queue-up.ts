import type { SessionKeeper } from '../connection/session-keeper.js';
import { Candidacy } from '../election/candidacy.js';
import type { Grant } from '../election/leader-term.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { delay } from '../waiting/abortable.js';

/** A place at the head of the queue; whoever asked for it calls `candidacy.leave()` in the end. */
export interface Turn {
  readonly candidacy: Candidacy;
  readonly grant: Grant;
}

/**
 * Queues for a lock until it is granted, in one session after the other. When the signal aborts it rejects at once
 * with its reason; the znode is deleted in the background, also one that arrives only then.
 */
export async function queueUp(
  keeper: SessionKeeper,
  path: string,
  id: string,
  signal: AbortSignal,
): Promise<Turn> {
  for (let failures = 0; ; failures++) {
    if (failures > 1) await delay(retryDelayMs(keeper.retry, failures - 1), signal);
    const session = await keeper.session(signal);
    const candidacy = new Candidacy(keeper, session, path, id);
    let granted = false;
    try {
      const outcome = await candidacy.elected(signal);
      granted = outcome.elected;
      if (outcome.elected) return { candidacy, grant: outcome.grant };
    } finally {
      if (!granted) void candidacy.leave();
    }
  }
}
