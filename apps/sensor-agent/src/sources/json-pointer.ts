/**
 * A parsed JSON pointer (RFC 6901): the names on the way from the document to the value; none for the document itself.
 *
 * @returns undefined for text that is no pointer
 */
export function parseJsonPointer(text: string): string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What a pointer leads to in a document, or undefined where it leads nowhere. */
export function resolveJsonPointer(document: unknown, pointer: readonly string[]): unknown {
  let value = document;
  for (const token of pointer) {
    if (typeof value !== 'object' || value === null) return undefined;
    // An array has elements 0, 1, …, without leading zeros; its `length` and the like are no part of the document.
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(token)) return undefined;
    if (!Object.hasOwn(value, token)) return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}
