import { CoordinationError } from '../errors/coordination-error.js';

/** A server's default `jute.maxbuffer`; at a larger request it drops the connection, and neighbours fail with it. */
const maxRequestBytes = 0xfffff;
const overheadBytes = 256;

/** Refuses a value that a server would not take. */
export function assertRequestSize(path: string, data: Buffer): void {
  if (data.length + Buffer.byteLength(path) + overheadBytes <= maxRequestBytes) return;
  throw new CoordinationError(
    'INVALID_ARGUMENT',
    `The value for ${path} has ${data.length} bytes: ZooKeeper takes less than 1 MiB, and is made for a few kB`,
    { path },
  );
}
