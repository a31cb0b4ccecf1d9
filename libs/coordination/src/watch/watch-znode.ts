import type { SessionKeeper } from '../connection/session-keeper.js';
import type { WatchEventType } from '../transport/transport.js';
import { abortable, delay, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { deferred } from '../waiting/deferred.js';
import { DisposalScope } from '../waiting/disposal-scope.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { onAbort } from '../waiting/on-abort.js';
import { isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import type { WaitOptions } from '../waiting/wait-options.js';

interface Seen {
  readonly type: Exclude<WatchEventType, 'removed'> | 'resumed';
  readonly path: string;
}

/** The events of a persistent watch, which is set anew in each session; `resumed` stands for what was not seen. */
export function watchZnode(
  keeper: SessionKeeper,
  path: string,
  { recursive = false, signal }: WaitOptions & { readonly recursive?: boolean | undefined },
): AsyncIterableIterator<Seen> {
  const stopped = new AbortController();
  const stop = linkedSignal(signal, keeper.closing, stopped.signal);
  const queue = new AsyncQueue<Seen>();
  queue.onDone(() => {
    stopped.abort();
    stop[Symbol.dispose]();
  });
  follow(keeper, path, recursive, stop.signal, (event) => {
    queue.push(event);
  }).catch((error: unknown) => {
    if (keeper.closing.aborted && !signal?.aborted) queue.end();
    else queue.fail(stop.signal.aborted ? reasonOf(stop.signal) : error);
  });
  return queue;
}

async function follow(
  keeper: SessionKeeper,
  path: string,
  recursive: boolean,
  stop: AbortSignal,
  push: (event: Seen) => void,
): Promise<never> {
  for (let failures = 0, resumed = false; ; resumed = true) {
    const session = await keeper.session(stop);
    using scope = new DisposalScope();
    const removed = deferred<undefined>();
    try {
      scope.add(
        await abortable(
          session.watchPersistently(path, recursive, (type, at) => {
            // A server did not set it again: it has to be set anew, if it can be.
            if (type === 'removed') removed.resolve(undefined);
            else push({ type, path: at });
          }),
          stop,
        ),
      );
      failures = 0;
      if (resumed) push({ type: 'resumed', path });
      scope.add(
        keeper.onState((state) => {
          if (state === 'connected' && !session.ended.aborted) push({ type: 'resumed', path });
        }),
      );
      await new Promise<void>((resolve, reject) => {
        void removed.promise.then(resolve);
        scope.add(onAbort(session.ended, resolve));
        scope.add(
          onAbort(stop, () => {
            reject(reasonOf(stop));
          }),
        );
      });
    } catch (error) {
      if (stop.aborted || !isRetryable(error)) throw error;
      failures += 1;
      await delay(retryDelayMs(keeper.retry, failures), stop);
    }
  }
}
