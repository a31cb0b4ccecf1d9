import { problemOfPath } from '@atalaya/zookeeper-wire';
import { CoordinationError } from '../errors/coordination-error.js';

/**
 * Checks a path by ZooKeeper's rules, so that a bad one is refused before anything is sent.
 *
 * @throws {CoordinationError} `INVALID_ARGUMENT`, with what is wrong
 */
export function assertZnodePath(path: unknown): asserts path is string {
  const problem = problemOfPath(path);
  if (problem !== undefined) {
    throw new CoordinationError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(path)} is not a znode path: ${problem}`,
    );
  }
}

/** Checks one component of a path. */
export function assertZnodeName(name: unknown, what: string): asserts name is string {
  const problem =
    typeof name !== 'string' || name === ''
      ? 'it is empty'
      : name.includes('/')
        ? 'it contains "/"'
        : problemOfPath(`/${name}`);
  if (problem !== undefined) {
    throw new CoordinationError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(name)} cannot be ${what}, since it names a znode: ${problem}`,
    );
  }
}

/** `/a` and `b` make `/a/b`, `/` and `b` make `/b`. */
export function joinPath(parent: string, child: string): string {
  return parent === '/' ? `/${child}` : `${parent}/${child}`;
}

/** `/a/b` has the parent `/a`, `/a` has `/`; `/` has none. */
export function parentOf(path: string): string | undefined {
  if (path === '/') return undefined;
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
