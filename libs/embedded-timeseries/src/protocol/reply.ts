/**
 * Replies of commands before they are encoded. A string is a bulk string whose characters are its bytes (latin1), so
 * that keys and values of any bytes pass through unchanged.
 */
export type Reply =
  | string
  | number
  | null
  | SimpleString
  | ErrorReply
  | DoubleReply
  | MapReply
  | SetReply
  | PushReply
  | SamplesReply
  | NullArrayReply
  | Reply[];

/** A status such as `OK`. */
export class SimpleString {
  constructor(readonly text: string) {}
}

/** An error reply; thrown by commands, or an element of an array (`TS.MADD`). The message starts with its code. */
export class ErrorReply extends Error {
  override readonly name = 'ErrorReply';
}

/** A sample's value: a simple string in RESP2, a double in RESP3. */
export class DoubleReply {
  constructor(
    readonly value: number,
    /** RESP2 form of doubles of Redis itself: a bulk string. */
    readonly asBulk = false,
  ) {}
}

/** Pairs: a map in RESP3, a flat array in RESP2. */
export class MapReply {
  constructor(readonly entries: readonly (readonly [Reply, Reply])[]) {}
}

/** A set in RESP3, an array in RESP2. */
export class SetReply {
  constructor(readonly members: readonly Reply[]) {}
}

/** A message that no command asked for (pub/sub): a push in RESP3, an array in RESP2. */
export class PushReply {
  constructor(readonly elements: readonly Reply[]) {}
}

/** Numbers one after another. */
export type NumberColumn = readonly number[] | Float64Array;

/** Samples of one range, each with its timestamp and one value per aggregator, kept as columns to stay compact. */
export class SamplesReply {
  constructor(
    readonly timestamps: NumberColumn,
    /** Row by row: `valuesPerSample` values for each timestamp. */
    readonly values: NumberColumn,
    readonly valuesPerSample = 1,
    /** Whether the values of a sample are an array of their own, behind the timestamp. */
    readonly isNested = false,
  ) {}
}

/** What stands for no array: in RESP2 an array of negative length, not a bulk string. */
export class NullArrayReply {
  readonly elements = null;
}

export const NULL_ARRAY = new NullArrayReply();

export const OK = new SimpleString('OK');
