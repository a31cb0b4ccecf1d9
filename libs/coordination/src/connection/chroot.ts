import { CoordinationError } from '../errors/coordination-error.js';
import { joinPath } from '../transport/znode-path.js';

/** The path that a client's own paths are below; empty for none. */
export class Chroot {
  readonly #path: string;
  readonly #allFull = new WeakMap<readonly string[], readonly string[]>();

  constructor(path: string) {
    this.#path = path;
  }

  /** The path as the server has it. */
  full(path: string): string {
    if (this.#path === '') return path;
    return path === '/' ? this.#path : joinPath(this.#path, path.slice(1));
  }

  /** The same array for the same one, which does not change: who is given it again knows it. */
  allFull(paths: readonly string[]): readonly string[] {
    if (this.#path === '') return paths;
    let full = this.#allFull.get(paths);
    if (full === undefined) this.#allFull.set(paths, (full = paths.map((path) => this.full(path))));
    return full;
  }

  /** The path as the caller writes it. */
  strip(full: string): string {
    return this.#path === '' ? full : full.slice(this.#path.length) || '/';
  }

  /** Errors of the operation name the path as the caller wrote it. */
  named<T>(path: string, operation: (full: string) => Promise<T>): Promise<T> {
    // Without a chroot there is no other name; thousands of reads at a time are spared a promise each.
    return this.#path === '' ? operation(path) : this.#renamed(path, operation);
  }

  async #renamed<T>(path: string, operation: (full: string) => Promise<T>): Promise<T> {
    try {
      return await operation(this.full(path));
    } catch (error) {
      throw error instanceof CoordinationError ? this.renamed(path, error) : error;
    }
  }

  /** The error of an operation on a path, in the caller's words. */
  renamed(path: string, error: CoordinationError): CoordinationError {
    const full = this.full(path);
    if (full === path || error.path !== full) return error;
    return new CoordinationError(error.code, error.message.replace(full, path), { path, cause: error });
  }
}
