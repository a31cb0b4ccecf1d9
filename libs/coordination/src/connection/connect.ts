import type { Client, ClientOptions, ConnectOptions } from './client.js';

/**
 * Starts to connect in the background and returns at once; every operation waits for the connection. For a service
 * that must come up while ZooKeeper is away.
 */
export declare function createClient(options: ClientOptions): Client;

/**
 * Connects, and resolves with the first connection. Rejects with `CONNECT_TIMEOUT` after `connectTimeoutMs`, with
 * `INVALID_ARGUMENT` for options that cannot work, and with the signal's reason on abort.
 */
export declare function connect(options: ConnectOptions): Promise<Client>;
