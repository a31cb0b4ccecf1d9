import { randomBytes } from 'node:crypto';
import { CoordinationError } from '../errors/coordination-error.js';

const maxDigits = 1_000;
const markBits = 64;
const digits = new RegExp(`^[+-]?\\d{1,${maxDigits}}$`);

/**
 * The data of a counter: decimal text, and behind it a random mark that tells one write from another. The mark is of
 * blanks (a space for a 0, a tab for a 1), which Python's `int()` passes over.
 */
export function encodeCounterValue(value: bigint): Buffer {
  const bits = [...randomBytes(markBits / 8)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Buffer.from(String(value) + bits.replaceAll('0', ' ').replaceAll('1', '\t'));
}

/** Throws `INVALID_VALUE` for data that is not an integer. */
export function decodeCounterValue(data: Buffer, path: string): bigint {
  const text = data
    .subarray(0, 2 * maxDigits)
    .toString('latin1')
    .trim();
  if (digits.test(text)) return BigInt(text.startsWith('+') ? text.slice(1) : text);
  throw new CoordinationError(
    'INVALID_VALUE',
    `${path} holds ${JSON.stringify(text.slice(0, 40))}, which is not an integer: use another path, or set it right`,
    { path },
  );
}

/** Takes numbers that are whole and exact; throws `INVALID_ARGUMENT` for others. */
export function wholeNumber(value: bigint | number, path: string): bigint {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (whole && String(value).length <= maxDigits) return BigInt(value);
  throw new CoordinationError(
    'INVALID_ARGUMENT',
    `The counter ${path} takes whole numbers of up to ${maxDigits} digits, not ${String(value).slice(0, 40)}: ` +
      'beyond 2^53 give a bigint',
    { path },
  );
}
