/** How values become a znode's data and back. `decode` throws for data that is no value. */
export interface Codec<T> {
  /** What is written to the znode. */
  encode(value: T): Buffer | string;
  /** The value of the data that was read; throws for data that is none. */
  decode(data: Buffer): T;
}

/** The part of a zod schema (or of any validator with the same method) that {@link jsonCodec} uses. */
export interface Parser<T> {
  /** The input as a value; throws where it is none. */
  parse(input: unknown): T;
}

/** UTF-8 text. */
export const textCodec: Codec<string> = {
  encode: (value) => value,
  decode: (data) => data.toString('utf8'),
};

/** The bytes as they are. */
export const bytesCodec: Codec<Buffer> = {
  encode: (value) => value,
  decode: (data) => data,
};

/** A finite number as decimal text, as Python's `float()` reads it. */
export const decimalCodec: Codec<number> = {
  encode(value) {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not a finite number`);
    return String(value);
  },
  decode(data) {
    const text = data.toString('utf8').trim();
    const value = Number(text);
    if (text === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value)) {
      throw new TypeError(`${JSON.stringify(text.slice(0, 40))} is not a decimal number`);
    }
    return value;
  },
};

/** JSON, checked by a schema on the way in: `jsonCodec(z.object({ … }))`. */
export function jsonCodec<T>(schema: Parser<T>): Codec<T> {
  return {
    encode: (value) => JSON.stringify(value),
    decode: (data) => schema.parse(JSON.parse(data.toString('utf8'))),
  };
}
