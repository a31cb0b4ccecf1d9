import { asTimeSeriesError } from '../client-error.js';
import { type Command } from '../command.js';
import { type TimeSeriesError } from '../errors.js';
import { decodeArray, decodeTimestamp, encodeTimestamp, encodeValue, type Timestamp } from '../sample.js';
import { type AddOptions, encodeSeriesOptions } from '../series-options.js';

/** A timestamp to store under, or the server's clock. */
export type AddTimestamp = Timestamp | 'now';

/** One sample of {@link tsMAdd}. */
export interface KeyedSample {
  key: string;
  timestamp: AddTimestamp;
  value: number;
}

/** `TS.ADD`: one sample; creates the series where it does not exist. Resolves to the sample's timestamp. */
export function tsAdd(
  key: string,
  timestamp: AddTimestamp,
  value: number,
  options: AddOptions = {},
): Command<Timestamp> {
  return {
    name: 'TS.ADD',
    args: encodeSeriesOptions(options, [key, encodeAddTimestamp(timestamp), encodeValue(value)]),
    keys: [key],
    decode: decodeTimestamp,
  };
}

/**
 * `TS.MADD`: samples of existing series; resolves to the timestamp or the error of each (`WRONG_TYPE` for a
 * series that does not exist). On a Cluster all series of one command are in one slot.
 */
export function tsMAdd(samples: readonly KeyedSample[]): Command<(Timestamp | TimeSeriesError)[]> {
  return {
    name: 'TS.MADD',
    args: samples.flatMap(({ key, timestamp, value }) => [
      key,
      encodeAddTimestamp(timestamp),
      encodeValue(value),
    ]),
    keys: samples.map(({ key }) => key),
    decode: (reply) =>
      decodeArray(reply).map((element) =>
        element instanceof Error
          ? (asTimeSeriesError(element, 'TS.MADD') as TimeSeriesError)
          : decodeTimestamp(element),
      ),
  };
}

/** Options of {@link tsIncrBy} and {@link tsDecrBy}. */
export interface IncrementOptions extends AddOptions {
  /** Not before the newest sample; the server's clock without it. */
  timestamp?: AddTimestamp | undefined;
}

/** `TS.INCRBY`: the newest value plus `by`, as a new sample or in place of it where the timestamp is the same. */
export function tsIncrBy(key: string, by: number, options: IncrementOptions = {}): Command<Timestamp> {
  return increment('TS.INCRBY', key, by, options);
}

/** `TS.DECRBY`: as {@link tsIncrBy}, minus `by`. */
export function tsDecrBy(key: string, by: number, options: IncrementOptions = {}): Command<Timestamp> {
  return increment('TS.DECRBY', key, by, options);
}

function increment(name: string, key: string, by: number, options: IncrementOptions): Command<Timestamp> {
  const { timestamp, ...series } = options;
  const when = timestamp === undefined ? [] : ['TIMESTAMP', encodeAddTimestamp(timestamp)];
  return {
    name,
    args: encodeSeriesOptions(series, [key, encodeValue(by), ...when]),
    keys: [key],
    decode: decodeTimestamp,
  };
}

function encodeAddTimestamp(timestamp: AddTimestamp): string {
  return timestamp === 'now' ? '*' : encodeTimestamp(timestamp);
}
