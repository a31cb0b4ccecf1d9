import type { Meter } from '../../src/index.js';

/** Keeps every figure, by name and in order. */
export class RecordingMeter implements Meter {
  readonly #told = new Map<string, number[]>();

  readonly set = (name: string, value: number) => {
    this.#tell(name, value);
  };

  readonly observe = (name: string, value: number) => {
    this.#tell(name, value);
  };

  readonly increment = (name: string) => {
    this.#tell(name, 1);
  };

  of(name: string): number[] {
    return this.#told.get(name) ?? [];
  }

  latest(name: string): number | undefined {
    return this.of(name).at(-1);
  }

  #tell(name: string, value: number): void {
    this.#told.set(name, [...this.of(name), value]);
  }
}
