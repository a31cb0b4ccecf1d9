/** Of nearly all paths this says that they are fine; of the others `problemOfPath` says more. */
const PLAIN = /^(?:\/[\w:@-][\w:@.-]*)+$/;

/** What is wrong with a path by ZooKeeper's rules; undefined for a good one. */
export function problemOfPath(path: unknown): string | undefined {
  if (typeof path !== 'string') return 'it is not a string';
  if (PLAIN.test(path)) return undefined;
  if (!path.startsWith('/')) return 'it must start with "/"';
  if (path === '/') return undefined;
  if (path.endsWith('/')) return 'it must not end with "/"';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const refused = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff\u{10000}-\u{10ffff}]/u.exec(path);
  if (refused) return `it contains the character U+${hex(refused[0])}, which servers refuse`;
  for (const component of path.slice(1).split('/')) {
    if (component === '') return 'it has an empty component';
    if (component === '.' || component === '..') return `it has the component "${component}"`;
  }
  return undefined;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
}
