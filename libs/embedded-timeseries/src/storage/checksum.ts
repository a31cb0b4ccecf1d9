import { crc32 } from 'node:zlib';

const CHECKSUM_BYTES = 4;

/** Appends a CRC-32, so that a damaged record is noticed and not taken for data. */
export function seal(bytes: Buffer): Buffer {
  const sealed = Buffer.allocUnsafe(bytes.length + CHECKSUM_BYTES);
  bytes.copy(sealed);
  sealed.writeUInt32BE(crc32(bytes), bytes.length);
  return sealed;
}

/** The bytes without their checksum, or undefined where it does not fit. */
export function unseal(sealed: Buffer): Buffer | undefined {
  const length = sealed.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const bytes = sealed.subarray(0, length);
  return crc32(bytes) === sealed.readUInt32BE(length) ? bytes : undefined;
}
