import { type ChunkAccess } from '../series/sample-store.js';
import { type Label, Series } from '../series/series.js';
import { HashValue } from './hash-value.js';
import {
  recordOfBefore,
  recordOfRow,
  seriesOf,
  type SeriesRecord,
  type SeriesRecordBefore,
  type SeriesRow,
  seriesRow,
} from './series-record.js';
import { type StoredObject } from './stored-object.js';
import { StreamValue, type StreamId } from './stream-value.js';
import { StringValue } from './string-value.js';

type OtherRecord =
  | { type: 'hash'; key: string }
  | { type: 'stream'; key: string; lastId: StreamId }
  | { type: 'string'; key: string; expiresAtMs?: number };

type ObjectRecord = SeriesRow | SeriesRecordBefore | OtherRecord;

/** What an object is, without its samples or elements: JSON, for it is rarely written and easily inspected. */
export function encodeObject(object: StoredObject): Buffer {
  return Buffer.from(JSON.stringify(objectRecord(object)), 'latin1');
}

function objectRecord(object: StoredObject): ObjectRecord {
  const { key } = object;
  if (object instanceof Series) return seriesRow(object);
  if (object instanceof StreamValue) return { type: 'stream', key, lastId: object.lastId };
  if (object instanceof StringValue && object.expiresAtMs !== undefined) {
    return { type: 'string', key, expiresAtMs: object.expiresAtMs };
  }
  return { type: object.type, key };
}

/** What the directory of keys holds of an object. @throws Error when the bytes are no object record. */
export function describeObject(bytes: Buffer): {
  key: string;
  labels: readonly Label[];
  expiresAtMs: number | undefined;
} {
  const record = parse(bytes);
  return {
    key: record.key,
    labels: record.type === 'series' ? record.options.labels : [],
    expiresAtMs: record.type === 'string' ? record.expiresAtMs : undefined,
  };
}

/** @throws Error when the bytes are no object record. */
export function decodeObject(id: number, bytes: Buffer, chunkAccess: ChunkAccess): StoredObject {
  const record = parse(bytes);
  switch (record.type) {
    case 'series':
      return seriesOf(id, record, chunkAccess);
    case 'hash':
      return new HashValue(id, record.key);
    case 'stream': {
      const stream = new StreamValue(id, record.key);
      stream.lastId = record.lastId;
      return stream;
    }
    case 'string':
      return new StringValue(id, record.key, '', record.expiresAtMs);
    default:
      throw new Error('The record names a type that this version does not know.');
  }
}

function parse(bytes: Buffer): SeriesRecord | OtherRecord {
  const record = JSON.parse(bytes.toString('latin1')) as ObjectRecord;
  if (!('type' in record)) return recordOfRow(record);
  return record.type === 'series' ? recordOfBefore(record) : record;
}

/** Heads are laid out in the same memory, one after the other: a fleet has tens of thousands of them in a commit. */
let doubles = new Float64Array(256);
let doubleBytes = Buffer.from(doubles.buffer);

/** The part of a series that changes with every sample, as doubles. */
export function encodeHead(series: Series): Buffer {
  const { rules, samples } = series;
  const { head } = samples;
  const { numbers } = series.openBuckets;
  const at = 4 + numbers.length;
  const end = at + 1 + 2 * head.length;
  makeRoomFor(end);
  doubles[0] = series.lastTimestamp;
  doubles[1] = series.lastValue;
  doubles[2] = series.totalSamples;
  doubles[3] = rules.length;
  for (let i = 0; i < numbers.length; i++) doubles[4 + i] = numbers[i] ?? NaN;
  doubles[at] = head.length;
  head.copyTo(doubles, at + 1);
  const bytes = Buffer.allocUnsafe(end * Float64Array.BYTES_PER_ELEMENT);
  doubleBytes.copy(bytes, 0, 0, bytes.length);
  return bytes;
}

function makeRoomFor(length: number): void {
  if (length <= doubles.length) return;
  const larger = new Float64Array(2 * length);
  larger.set(doubles);
  doubles = larger;
  doubleBytes = Buffer.from(larger.buffer);
}

/** @throws RangeError when the bytes are no head of this series. */
export function decodeHead(series: Series, bytes: Buffer): void {
  const numbers = new Float64Array(Math.floor(bytes.length / 8));
  Buffer.from(numbers.buffer).set(bytes.subarray(0, numbers.byteLength));
  let at = 0;
  const next = (): number => {
    const value = numbers[at++];
    if (value === undefined) throw new RangeError('The newest samples of a series are cut off.');
    return value;
  };
  series.lastTimestamp = next();
  series.lastValue = next();
  series.totalSamples = next();
  const ruleCount = next();
  if (ruleCount !== series.rules.length)
    throw new RangeError('The rules of a series do not fit its options.');
  series.openBuckets.load(series.rules, next);
  const count = next();
  if (numbers.length !== at + 2 * count)
    throw new RangeError('The newest samples of a series have a wrong length.');
  const { head } = series.samples;
  for (let index = 0; index < count; index++) {
    head.insertAt(index, numbers[at + index] ?? NaN, numbers[at + count + index] ?? NaN);
  }
}
