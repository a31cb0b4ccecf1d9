import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { joinPath } from '../transport/znode-path.js';
import { abortable, delay, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { deferred } from '../waiting/deferred.js';
import { DisposalScope } from '../waiting/disposal-scope.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { onAbort } from '../waiting/on-abort.js';
import type { Leader } from './election.js';
import { lockQueue } from '../queue/lock-node.js';

/**
 * Follows who leads. Only the leader's own znode is watched, by a data read, so that a candidate which comes or goes
 * wakes nobody; while there is no candidate at all, the parent's children are.
 */
export function observeLeader(
  keeper: SessionKeeper,
  electionPath: string,
  { signal }: WaitOptions,
): AsyncIterableIterator<Leader | null> {
  const stopped = new AbortController();
  const stop = linkedSignal(signal, keeper.closing, stopped.signal);
  const queue = new AsyncQueue<Leader | null>({ latestOnly: true });
  queue.onDone(() => {
    stopped.abort();
    stop[Symbol.dispose]();
  });
  follow(keeper, electionPath, stop.signal, (leader) => {
    queue.push(leader);
  }).catch((error: unknown) => {
    if (keeper.closing.aborted && !signal?.aborted) queue.end();
    else queue.fail(stop.signal.aborted ? reasonOf(stop.signal) : error);
  });
  return queue;
}

async function follow(
  keeper: SessionKeeper,
  electionPath: string,
  stop: AbortSignal,
  tell: (leader: Leader | null) => void,
): Promise<never> {
  let told: Leader | null | undefined;
  for (let failures = 0; ;) {
    const woken = deferred<undefined>();
    using scope = new DisposalScope();
    const wake = () => {
      woken.resolve(undefined);
    };
    const session = await keeper.session(stop);
    scope.add(onAbort(session.ended, wake));
    // Anything may have happened during an interruption.
    scope.add(
      keeper.onState((state) => {
        if (state === 'connected') wake();
      }),
    );
    try {
      const leader = await abortable(readWatched(session, electionPath, wake, scope), stop);
      failures = 0;
      if (leader === 'changing') continue;
      if (told === undefined || leader?.token !== told?.token) tell((told = leader));
      await abortable(woken.promise, stop);
    } catch (error) {
      if (stop.aborted || !isRetryable(error)) throw error;
      failures += 1;
      await delay(retryDelayMs(keeper.retry, failures), stop);
    }
  }
}

/** The leader, null without candidates, or `changing` where the first one left while it was read. */
async function readWatched(
  session: Session,
  electionPath: string,
  wake: () => void,
  scope: DisposalScope,
): Promise<Leader | null | 'changing'> {
  try {
    const [first] = lockQueue(await session.children(electionPath));
    if (first) {
      const { data, stat, unwatch } = await session.getWatched(joinPath(electionPath, first.name), wake);
      scope.add(unwatch);
      return { id: data.toString('utf8'), token: stat.czxid };
    }
    const { names, unwatch } = await session.childrenWatched(electionPath, wake);
    scope.add(unwatch);
    return lockQueue(names).length > 0 ? 'changing' : null;
  } catch (error) {
    if (!hasCode(error, 'NO_NODE')) throw error;
    // Its first candidate creates it.
    const { stat, unwatch } = await session.existsWatched(electionPath, wake);
    scope.add(unwatch);
    return stat ? 'changing' : null;
  }
}
