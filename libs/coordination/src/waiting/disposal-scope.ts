import type { Disposer } from './disposer.js';

/** Collects disposers; what is added after the scope was disposed of is disposed of at once. */
export class DisposalScope implements Disposable {
  readonly #disposers: (() => void)[] = [];
  #disposed = false;

  add(dispose: Disposer | (() => void)): void {
    if (this.#disposed) dispose();
    else this.#disposers.push(dispose);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const dispose of this.#disposers.splice(0)) dispose();
  }
}
