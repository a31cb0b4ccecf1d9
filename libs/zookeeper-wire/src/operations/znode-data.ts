import { WireError } from '../errors/wire-error.js';

/** Data of a znode; text is written in UTF-8. */
export type ZnodeData = string | Uint8Array;

const NO_DATA = Buffer.alloc(0);
const ANY_VERSION = -1;
const LARGEST_VERSION = 0x7fff_ffff;

export function bytesOf(data: ZnodeData | undefined): Uint8Array {
  if (data === undefined) return NO_DATA;
  return typeof data === 'string' ? Buffer.from(data) : data;
}

/** @throws {WireError} `INVALID_ARGUMENT` for what is no version: the servers would take a −1 for any */
export function versionOf(version: number | undefined, path: string): number {
  if (version === undefined) return ANY_VERSION;
  if (
    Number.isInteger(version) &&
    version >= -LARGEST_VERSION &&
    version <= LARGEST_VERSION &&
    version !== -1
  ) {
    return version;
  }
  throw new WireError(
    'INVALID_ARGUMENT',
    `${String(version)} is not a version of ${path}: leave it out for any`,
    {
      path,
    },
  );
}
