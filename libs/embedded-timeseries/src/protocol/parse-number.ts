const INTEGER = /^(?:0|-?[1-9][0-9]*)$/;
const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]+)$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NAN = /^[+-]?nan$/i;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * A signed 64-bit integer in Redis' strict form (no sign `+`, no leading zeros, no spaces), or undefined. Beyond 2^53
 * the result is the nearest double: fit for bounds of ranges, not for timestamps of samples.
 */
export function parseInteger(text: string): number | undefined {
  if (text.length > 20 || !INTEGER.test(text)) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(text);
  return exact > INT64_MAX || exact < INT64_MIN ? undefined : value;
}

/** A double as Redis reads option values: what `strtod` takes, infinities included, NaN and overflow not. */
export function parseRedisDouble(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal) return (hexadecimal[1] === '-' ? -1 : 1) * Number(`0x${hexadecimal[2] ?? ''}`);
  return undefined;
}

/** A sample's value: a finite number in JSON's grammar, or `nan`. */
export function parseSampleValue(text: string): number | undefined {
  if (JSON_NUMBER.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return NAN.test(text) ? NaN : undefined;
}
