import type { Cleanup } from '../cleanup.js';
import type { ChildReader } from './child-reader.js';
import { nodeReader } from './node-reader.js';

/** This library on both of its transports, its cached group, and the native client as a program uses it without it. */
export async function ownClients(hosts: string, cleanup: Cleanup): Promise<ChildReader[]> {
  return [
    await nodeReader('raw native client', 'raw', hosts, cleanup),
    await nodeReader('readChildren, native', 'native', hosts, cleanup),
    await nodeReader('readChildren, wire', 'wire', hosts, cleanup),
    await nodeReader('cached group, wire', 'cached', hosts, cleanup),
  ];
}
