/** Longer texts are no measured values; the shortest exact form of a double has at most 25 characters. */
const MAX_LENGTH = 400;

const DECIMAL = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a finite decimal number (`79`, `79.5`, `.5`, `-3`, `1e-7`), as Python's `str` and a browser's number field
 * write it. Everything else is undefined: empty or padded text, a decimal comma, hexadecimal digits, `Infinity`,
 * `1e400`.
 */
export function parseFiniteDecimal(text: string): number | undefined {
  if (text.length > MAX_LENGTH || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
