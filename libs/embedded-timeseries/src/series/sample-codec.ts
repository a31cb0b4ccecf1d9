import { SampleColumn } from './sample-column.js';

const MAX_TIMESTAMP_BYTES = 9;
const MAX_VALUE_BYTES = 9;

/**
 * A chunk of samples as bytes: the count, then per sample the change of the timestamp's step (a varint, one byte at a
 * steady interval) and the bytes in which the value differs from the one before (a byte with the numbers of equal
 * leading and trailing bytes, then the others). The idea is Gorilla's (Pelkonen et al., VLDB 2015), cut at bytes.
 */
export function encodeSamples(samples: SampleColumn): Buffer {
  const bytes = Buffer.allocUnsafe(5 + samples.length * (MAX_TIMESTAMP_BYTES + MAX_VALUE_BYTES));
  let at = writeVarint(bytes, 0, samples.length);
  const double = new DataView(new ArrayBuffer(8));
  const current = new Uint8Array(double.buffer);
  const previous = new Uint8Array(8);
  let timestamp = 0;
  let step = 0;
  for (let index = 0; index < samples.length; index++) {
    const next = samples.timestampAt(index);
    const change = next - timestamp - step;
    at = writeSigned(bytes, at, change);
    step = next - timestamp;
    timestamp = next;
    double.setFloat64(0, samples.valueAt(index));
    at = writeDifference(bytes, at, current, previous);
  }
  return bytes.subarray(0, at);
}

/** @throws RangeError when the bytes are no chunk of samples. */
export function decodeSamples(bytes: Buffer): SampleColumn {
  const reader = { bytes, at: 0 };
  const count = readVarint(reader);
  if (count > bytes.length)
    throw new RangeError(`A chunk of ${bytes.length} bytes cannot hold ${count} samples.`);
  const numbers: number[] = [];
  const view = new DataView(new ArrayBuffer(8));
  const double = new Uint8Array(view.buffer);
  let timestamp = 0;
  let step = 0;
  for (let index = 0; index < count; index++) {
    step += readSigned(reader);
    timestamp += step;
    readDifference(reader, double);
    numbers.push(timestamp, view.getFloat64(0));
  }
  if (reader.at !== bytes.length)
    throw new RangeError(`A chunk has ${bytes.length - reader.at} bytes too many.`);
  return new SampleColumn(numbers);
}

/** Makes `previous` the bytes of the value, too. Byte by byte: calls that copy a few bytes cost more than these. */
function writeDifference(bytes: Buffer, at: number, double: Uint8Array, previous: Uint8Array): number {
  let leading = 0;
  while (leading < 8 && double[leading] === previous[leading]) leading++;
  let end = 8;
  while (end > leading && double[end - 1] === previous[end - 1]) end--;
  let next = at;
  bytes[next++] = leading * 16 + 8 - end;
  for (let index = leading; index < end; index++) {
    const byte = double[index] ?? 0;
    bytes[next++] = byte;
    previous[index] = byte;
  }
  return next;
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) throw new RangeError('A chunk of samples ends too early.');
  return byte;
}

/** Overwrites the bytes of `double` that differ from the previous value. */
function readDifference(reader: Reader, double: Uint8Array): void {
  const kept = readByte(reader);
  const end = 8 - (kept & 15);
  for (let index = kept >> 4; index < end; index++) double[index] = readByte(reader);
}

/** Six bits and the sign in the first byte, then a varint: exact for all integers that a double can hold. */
function writeSigned(bytes: Buffer, at: number, value: number): number {
  const magnitude = Math.abs(value);
  const more = magnitude >= 32;
  bytes[at] = (value < 0 ? 128 : 0) + (more ? 64 : 0) + (magnitude % 32);
  return more ? writeVarint(bytes, at + 1, Math.floor(magnitude / 32)) : at + 1;
}

function readSigned(reader: Reader): number {
  const first = readByte(reader);
  const magnitude = (first & 31) + ((first & 64) === 0 ? 0 : readVarint(reader) * 32);
  return first < 128 ? magnitude : -magnitude;
}

/** Up to 2^54, hence division instead of shifts. */
function writeVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest >= 128) {
    bytes[at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

function readVarint(reader: Reader): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = readByte(reader);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
    if (scale > 2 ** 63) throw new RangeError('A chunk of samples holds an endless number.');
  }
}
