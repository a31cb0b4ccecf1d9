import { TimeSeriesError } from './errors.js';

/**
 * A point in time in ms since the Unix epoch: a number, or a bigint above 2^53 − 1. Replies hold a bigint exactly where
 * a number would not be exact; that needs a connection with `stringNumbers: true`, since ioredis reads integers as
 * numbers otherwise and such a reply is then refused rather than rounded.
 */
export type Timestamp = number | bigint;

/** One value at one point in time; the value may be NaN or infinite. */
export interface Sample {
  timestamp: Timestamp;
  value: number;
}

/** Several values at one point in time. */
export interface SampleRow {
  timestamp: Timestamp;
  /** One for each aggregator, of `tsNRange` for each key and its aggregators; `NaN` where there is none. */
  values: number[];
}

const MAX_TIMESTAMP = 2n ** 63n - 1n;

/** The decimal text of a timestamp; refuses what is no non-negative integer below 2^63. */
export function encodeTimestamp(timestamp: Timestamp): string {
  const valid =
    typeof timestamp === 'bigint'
      ? timestamp >= 0n && timestamp <= MAX_TIMESTAMP
      : Number.isSafeInteger(timestamp) && timestamp >= 0;
  if (!valid) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `Timestamp ${timestamp} is not an integer from 0 to 2^63 - 1; give one above 2^53 - 1 as a bigint.`,
    );
  }
  return timestamp.toString();
}

/** The text of a duration in ms; refuses what is no non-negative safe integer. */
export function encodeDuration(name: string, durationMs: number): string {
  if (!Number.isSafeInteger(durationMs) || durationMs < 0) {
    throw new TimeSeriesError('INVALID_INPUT', `${name} ${durationMs} is not a non-negative integer of ms.`);
  }
  return durationMs.toString();
}

/** The text of a value: the shortest decimal that reads back as the same double, or `nan`, `inf`, `-inf`. */
export function encodeValue(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  // String(-0) is "0"; the sign of zero is kept.
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Reads a value as RESP2 (text) and RESP3 (a double, as text or number) send it. */
export function decodeValue(reply: unknown): number {
  if (typeof reply === 'number') return reply;
  const text = decodeText(reply);
  const special = SPECIAL_VALUES.get(text.toLowerCase());
  if (special !== undefined) return special;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw unexpectedReply('a number', reply);
  return value;
}

const SPECIAL_VALUES: ReadonlyMap<string, number> = new Map([
  ['nan', NaN],
  ['-nan', NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['infinity', Infinity],
  ['-inf', -Infinity],
  ['-infinity', -Infinity],
]);

/** Reads an integer reply exactly: a number where it is safe, else a bigint. */
export function decodeTimestamp(reply: unknown): Timestamp {
  if (typeof reply === 'number') {
    if (Number.isSafeInteger(reply)) return reply;
    throw new TimeSeriesError(
      'UNEXPECTED_REPLY',
      `The integer ${reply} was rounded on its way; open the connection with stringNumbers: true for such timestamps.`,
    );
  }
  const text = typeof reply === 'bigint' ? reply.toString() : decodeText(reply);
  if (!/^-?[0-9]+$/.test(text)) throw unexpectedReply('an integer', reply);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Reads a count or another integer that is known to be small. */
export function decodeInteger(reply: unknown): number {
  return Number(decodeTimestamp(reply));
}

/** Reads a simple or bulk string. */
export function decodeText(reply: unknown): string {
  if (typeof reply === 'string') return reply;
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString('utf8');
  throw unexpectedReply('a string', reply);
}

/** Reads an array. */
export function decodeArray(reply: unknown): unknown[] {
  if (Array.isArray(reply)) return reply as unknown[];
  throw unexpectedReply('an array', reply);
}

/** Reads a list of strings, which RESP3 sends as a set. */
export function decodeTexts(reply: unknown): string[] {
  return (reply instanceof Set ? [...(reply as Set<unknown>)] : decodeArray(reply)).map(decodeText);
}

/** Reads `[timestamp, value]`. */
export function decodeSample(reply: unknown): Sample {
  const [timestamp, value] = decodeArray(reply);
  return { timestamp: decodeTimestamp(timestamp), value: decodeValue(value) };
}

/** Reads a list of `[timestamp, value]`. */
export function decodeSamples(reply: unknown): Sample[] {
  return decodeArray(reply).map(decodeSample);
}

/** Reads a list of `[timestamp, value, …]` or `[timestamp, [value, …]]`. */
export function decodeRows(reply: unknown): SampleRow[] {
  return decodeArray(reply).map((row) => {
    const [timestamp, ...rest] = decodeArray(row);
    const values = Array.isArray(rest[0]) ? decodeArray(rest[0]) : rest;
    return { timestamp: decodeTimestamp(timestamp), values: values.map(decodeValue) };
  });
}

/** The error of a reply that has another form than documented. */
export function unexpectedReply(expected: string, reply: unknown): TimeSeriesError {
  const shown = JSON.stringify(reply, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  return new TimeSeriesError(
    'UNEXPECTED_REPLY',
    `Expected ${expected} but the server sent ${shown.slice(0, 200)}.`,
  );
}
