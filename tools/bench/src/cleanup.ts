type Resource = Disposable | AsyncDisposable;

/**
 * What is to be closed at the end, the last first: `AsyncDisposableStack`, which Node.js 20 and 22 do not have. One that
 * cannot be closed does not keep the others open; the first such failure is thrown at the end.
 */
export class Cleanup implements AsyncDisposable {
  readonly #steps: (() => void | PromiseLike<void>)[] = [];

  /** Closes a resource at the end; returns it. */
  use<T extends Resource>(resource: T): T {
    this.defer(async () => {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
      else resource[Symbol.dispose]();
    });
    return resource;
  }

  /** Does something at the end. */
  defer(step: () => void | PromiseLike<void>): void {
    this.#steps.push(step);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }
}
