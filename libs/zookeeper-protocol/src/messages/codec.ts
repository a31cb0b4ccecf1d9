import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';
import { readAcls, writeAcls } from '../records/acl.js';
import { readStat, writeStat } from '../records/stat.js';

/** How a value is written and read. */
export interface Codec<T> {
  write(writer: JuteWriter, value: T): void;
  read(reader: JuteReader): T;
}

function codec<T>(write: Codec<T>['write'], read: Codec<T>['read']): Codec<T> {
  return { write, read };
}

export const bool = codec<boolean>(
  (writer, value) => writer.bool(value),
  (reader) => reader.bool(),
);
export const int = codec<number>(
  (writer, value) => writer.int(value),
  (reader) => reader.int(),
);
export const long = codec<bigint>(
  (writer, value) => writer.long(value),
  (reader) => reader.long(),
);
export const id = codec<bigint>(
  (writer, value) => writer.long(value),
  (reader) => reader.unsignedLong(),
);
export const millis = codec<number>(
  (writer, value) => writer.millis(value),
  (reader) => reader.millis(),
);
export const text = codec<string>(
  (writer, value) => writer.string(value),
  (reader) => reader.text(),
);
export const bytes = codec<Uint8Array | null>(
  (writer, value) => writer.buffer(value),
  (reader) => reader.buffer(),
);
export const texts = codec<readonly string[]>(
  (writer, values) => writer.vector(values, (_, value) => writer.string(value)),
  (reader) => reader.vector(() => reader.text(), 4),
);
export const acls = codec(writeAcls, readAcls);
export const stat = codec(writeStat, readStat);
/** No fields. */
export const nothing = codec<object>(
  () => {},
  () => ({}),
);

/** Fields one after the other, in the order in which they are given. */
export function record<T extends object>(fields: { readonly [K in keyof T]: Codec<T[K]> }): Codec<T> {
  const entries = Object.entries(fields) as [keyof T, Codec<T[keyof T]>][];
  return {
    write(writer, value) {
      for (const [name, field] of entries) field.write(writer, value[name]);
    },
    read(reader) {
      const value: Partial<T> = {};
      for (const [name, field] of entries) value[name] = field.read(reader);
      return value as T;
    },
  };
}
