import { reasonOf } from './abortable.js';
import { DisposalScope } from './disposal-scope.js';
import { onAbort } from './on-abort.js';

export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with the first of the sources. Dispose of it when the wait is over: `AbortSignal.any` would
 * leave an entry behind on a source that outlives it, one for each wait.
 */
export function linkedSignal(...sources: (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const scope = new DisposalScope();
  for (const source of sources) {
    if (!source || controller.signal.aborted) continue;
    scope.add(
      onAbort(source, () => {
        controller.abort(reasonOf(source));
      }),
    );
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      scope[Symbol.dispose]();
    },
  };
}
