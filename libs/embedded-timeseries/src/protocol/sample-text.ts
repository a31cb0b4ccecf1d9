import { formatDouble, formatSampleValue } from './format-double.js';
import { type ProtocolVersion } from './protocol-version.js';
import { type SamplesReply } from './reply.js';

/** Bytes that are put together before they become text. */
const SCRATCH_BYTES = 64 * 1024;

/** More than a header, a timestamp or a value takes. */
const PIECE_BYTES = 64;

const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);

const CR = 13;
const LF = 10;
const ZERO = 48;
const MINUS = 45;
const POINT = 46;
const EXPONENT = 69;

/** Timestamps of one reply have their upper digits in common for a while. */
const SHARED_FROM = 1_000_000;
const SHARED_LOWER_DIGITS = 6;

/** Values of up to four decimals are written digit by digit. */
const DECIMALS = 4;
const DECIMAL_SCALE = 10_000;
const DIGITS_BELOW = 2 ** 31;

/** The rows of samples, without the header of the array: long replies are mostly these, so their digits are written as bytes. */
export function sampleRows(
  { timestamps, values, valuesPerSample, isNested }: SamplesReply,
  version: ProtocolVersion,
): string {
  const rowHeader = Buffer.from(isNested ? '*2\r\n:' : `*${1 + valuesPerSample}\r\n:`);
  const valuesHeader = Buffer.from(isNested ? `\r\n*${valuesPerSample}\r\n` : '\r\n');
  const prefix = (version === 3 ? ',' : '+').charCodeAt(0);
  let text = '';
  let at = 0;
  let shared = -1;
  let sharedText = rowHeader;
  let next = 0;
  for (const timestamp of timestamps) {
    if (at > SCRATCH_BYTES - 2 * PIECE_BYTES) {
      text += scratch.toString('latin1', 0, at);
      at = 0;
    }
    const upper = Math.floor(timestamp / SHARED_FROM);
    if (upper !== shared) {
      shared = upper;
      sharedText = upper === 0 ? rowHeader : Buffer.from(`${rowHeader.toString('latin1')}${upper}`);
    }
    for (const byte of sharedText) scratch[at++] = byte;
    const lower = timestamp - upper * SHARED_FROM;
    at = upper === 0 ? writeInteger(at, lower) : writePadded(at, lower, SHARED_LOWER_DIGITS);
    for (const byte of valuesHeader) scratch[at++] = byte;
    for (const end = next + valuesPerSample; next < end; next++) {
      if (at > SCRATCH_BYTES - PIECE_BYTES) {
        text += scratch.toString('latin1', 0, at);
        at = 0;
      }
      scratch[at++] = prefix;
      at = writeValue(at, values[next] ?? NaN, version);
      scratch[at++] = CR;
      scratch[at++] = LF;
    }
  }
  return text + scratch.toString('latin1', 0, at);
}

function writeValue(at: number, value: number, version: ProtocolVersion): number {
  const magnitude = Math.abs(value);
  if (magnitude < DIGITS_BELOW && magnitude > 0) {
    const scaled = Math.round(magnitude * DECIMAL_SCALE);
    // Up to 15 digits no other decimal reads back as the same double: these are its shortest digits.
    if (scaled / DECIMAL_SCALE === magnitude) {
      const start = value < 0 ? writeByte(at, MINUS) : at;
      if (magnitude < 1 && version === 2) return writeScientific(start, scaled);
      const whole = Math.floor(magnitude);
      return writeDecimals(writeInteger(start, whole), scaled - whole * DECIMAL_SCALE, DECIMALS);
    }
  }
  const text = version === 3 ? formatDouble(value) : formatSampleValue(value);
  return at + scratch.write(text, at, 'latin1');
}

function writeByte(at: number, byte: number): number {
  scratch[at] = byte;
  return at + 1;
}

/** A non-negative integer below 2^31. */
function writeInteger(at: number, value: number): number {
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits++;
  return writePadded(at, value, digits);
}

function writePadded(at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let index = at + digits - 1; index >= at; index--) {
    const tenth = (rest / 10) | 0;
    scratch[index] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

/** A point and so many digits, without the zeros at the end; nothing where all are zeros. */
function writeDecimals(at: number, decimals: number, digits: number): number {
  if (decimals === 0) return at;
  let kept = decimals;
  let count = digits;
  while (kept % 10 === 0) {
    kept /= 10;
    count--;
  }
  scratch[at] = POINT;
  return writePadded(at + 1, kept, count);
}

/** A value below 1 in ten-thousandths, as RedisTimeSeries prints it: `2.5E-1`. */
function writeScientific(at: number, scaled: number): number {
  let digits = 0;
  let power = 1;
  while (power * 10 <= scaled) {
    power *= 10;
    digits++;
  }
  const first = Math.floor(scaled / power);
  const end = writeDecimals(writePadded(at, first, 1), scaled - first * power, digits);
  scratch[end] = EXPONENT;
  scratch[end + 1] = MINUS;
  scratch[end + 2] = ZERO + DECIMALS - digits;
  return end + 3;
}
