import type { Codec } from '../codec/codec.js';

/** What JSON can hold. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Where an instance of a service listens, and what it says of itself. */
export interface ServiceAddress {
  /** Host name or IP address (IPv6 without brackets), as clients of the service reach it. */
  readonly host: string;
  /** 1 to 65,535. */
  readonly port: number;
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
}

/** A bound on what a registry is for: far below the servers' limit of 1 MB a znode. */
const maxBytes = 64 * 1_024;

/**
 * `{"host":"…","port":…,"metadata":{…}}`. Members that are not known are passed over, so that an instance of a newer
 * version can be read. Throws a `TypeError` that names what is wrong, on both ways.
 */
export const serviceAddressCodec: Codec<ServiceAddress> = {
  encode(address) {
    const checked = checkedAddress(address);
    const text = JSON.stringify(checked);
    if (Buffer.byteLength(text) > maxBytes)
      throw new TypeError(`the address is longer than ${maxBytes} bytes`);
    return text;
  },
  decode(data) {
    if (data.length > maxBytes) throw new TypeError(`the address is longer than ${maxBytes} bytes`);
    return checkedAddress(JSON.parse(data.toString('utf8')));
  },
};

function checkedAddress(value: unknown): ServiceAddress {
  if (!isObject(value)) throw new TypeError('a service address is an object with host and port');
  const { host, port, metadata } = value;
  if (typeof host !== 'string' || !/^[\w.:%-]{1,255}$/.test(host)) {
    throw new TypeError(`host is ${shown(host)}: give a host name or an IP address`);
  }
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`port is ${shown(port)}: give a whole number from 1 to 65535`);
  }
  if (metadata === undefined) return { host, port };
  if (!isObject(metadata)) throw new TypeError(`metadata is ${shown(metadata)}: give an object`);
  // What JSON would drop or change without a word is refused, so that readers see what was registered.
  assertJson(metadata, 'metadata');
  return { host, port, metadata };
}

type JsonObject = Readonly<Record<string, JsonValue>>;

function assertJson(value: unknown, where: string): asserts value is JsonObject {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value) || isObject(value)) {
    for (const [key, member] of Object.entries(value)) assertJson(member, `${where}.${key}`);
    return;
  }
  throw new TypeError(`${where} is ${shown(value)}, which JSON cannot hold`);
}

/** A plain object: a Date or a Map would become something else in JSON. */
function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.slice(0, 60);
}
