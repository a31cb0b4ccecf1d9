import { reasonOf } from './abortable.js';

export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with the first of the sources. Dispose of it when the wait is over: `AbortSignal.any` would
 * leave an entry behind on a source that outlives it, one for each wait.
 */
export function linkedSignal(...sources: (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const undo: (() => void)[] = [];
  for (const source of sources) {
    if (!source) continue;
    if (source.aborted) {
      controller.abort(reasonOf(source));
      break;
    }
    const onAbort = () => {
      controller.abort(reasonOf(source));
    };
    source.addEventListener('abort', onAbort, { once: true });
    undo.push(() => {
      source.removeEventListener('abort', onAbort);
    });
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const remove of undo.splice(0)) remove();
    },
  };
}
