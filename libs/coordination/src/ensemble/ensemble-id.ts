import type { Client, WaitOptions } from '../connection/client.js';

/**
 * The identity of the ensemble: a UUID kept in a persistent znode, created by whoever asks first. Transaction ids of
 * two ensembles cannot be compared; those of one can.
 */
export declare function ensembleId(client: Client, path?: string, options?: WaitOptions): Promise<string>;
