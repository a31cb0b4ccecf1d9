import { watch } from 'node:fs';

/** Editors and version control write files in several steps: a build begins when nothing was written for so long, in ms. */
const SETTLED_MS = 200;

/**
 * Builds when something in one of the folders changes, one build at a time: what changes during a build is built after it.
 * It ends with the signal.
 */
export class BuildQueue {
  readonly #build: () => Promise<void>;
  readonly #signal: AbortSignal;
  #settled: NodeJS.Timeout | undefined;
  #building = false;
  #changed = false;

  constructor(folders: readonly string[], build: () => Promise<void>, signal: AbortSignal) {
    this.#build = build;
    this.#signal = signal;
    for (const folder of folders) watch(folder, { recursive: true, signal }, this.#onChange);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(this.#settled);
      },
      { once: true },
    );
  }

  readonly #onChange = (): void => {
    this.#changed = true;
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => void this.#run(), SETTLED_MS);
  };

  async #run(): Promise<void> {
    if (this.#building) return;
    this.#building = true;
    while (this.#changed && !this.#signal.aborted) {
      this.#changed = false;
      await this.#build();
    }
    this.#building = false;
  }
}
