import { problemOfPath } from '@atalaya/zookeeper-protocol';
import { WireError } from '../errors/wire-error.js';

/** Paths as the caller knows them, and as the servers do: below the chroot. */
export class ZnodePaths {
  /** @param chroot empty, or a path without a slash at its end */
  constructor(private readonly chroot: string) {}

  /**
   * @param path a path, or a prefix of one that a sequence number completes
   * @throws {WireError} `INVALID_ARGUMENT`
   */
  toServer(path: string, { sequential = false } = {}): string {
    const problem = problemOfPath(sequential && typeof path === 'string' ? `${path}0` : path);
    if (problem !== undefined) {
      throw new WireError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(path)} is not a znode path: ${problem}`,
        typeof path === 'string' ? { path } : {},
      );
    }
    if (this.chroot === '') return path;
    return path === '/' ? this.chroot : this.chroot + path;
  }

  toClient(path: string): string {
    if (this.chroot === '') return path;
    if (path === this.chroot) return '/';
    return path.startsWith(`${this.chroot}/`) ? path.slice(this.chroot.length) : path;
  }
}
