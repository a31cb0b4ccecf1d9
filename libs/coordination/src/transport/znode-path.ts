import { CoordinationError } from '../errors/coordination-error.js';

/**
 * Checks a path by ZooKeeper's rules, so that a bad one is refused before anything is sent.
 *
 * @throws {CoordinationError} `INVALID_ARGUMENT`, with what is wrong
 */
export function assertZnodePath(path: unknown): asserts path is string {
  const problem = problemOf(path);
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
        : problemOf(`/${name}`);
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

/** Of nearly all paths this says that they are fine; of the others `problemOf` says more. */
const PLAIN = /^(?:\/[\w:@-][\w:@.-]*)+$/;

function problemOf(path: unknown): string | undefined {
  if (typeof path !== 'string') return 'it is not a string';
  if (PLAIN.test(path)) return undefined;
  if (!path.startsWith('/')) return 'it must start with "/"';
  if (path === '/') return undefined;
  if (path.endsWith('/')) return 'it must not end with "/"';
  // The native client cuts a path at a NUL; servers refuse the other characters.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const control = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff\u{10000}-\u{10ffff}]/u.exec(path);
  if (control)
    return `it contains the character U+${control[0].codePointAt(0)?.toString(16).padStart(4, '0') ?? ''}`;
  for (const component of path.slice(1).split('/')) {
    if (component === '') return 'it has an empty component';
    if (component === '.' || component === '..') return `it has the component "${component}"`;
  }
  return undefined;
}
