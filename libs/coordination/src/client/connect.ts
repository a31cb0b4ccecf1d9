import { CoordinationError } from '../errors/coordination-error.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import type { Client, ClientOptions, ConnectOptions } from './client.js';
import { ZkClient } from './zk-client.js';

const defaultConnectTimeoutMs = 30_000;

/**
 * Starts to connect in the background and returns at once; every operation waits for the connection. For a service
 * that must come up while ZooKeeper is away. Throws `INVALID_ARGUMENT` for options that cannot work.
 */
export function createClient(options: ClientOptions): Client {
  return new ZkClient(options);
}

/**
 * Connects, and resolves with the first connection. Rejects with `CONNECT_TIMEOUT` after `connectTimeoutMs`, with
 * `INVALID_ARGUMENT` for options that cannot work, and with the signal's reason on abort.
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  const { connectTimeoutMs = defaultConnectTimeoutMs, signal, ...rest } = options;
  signal?.throwIfAborted();
  const client = createClient({ ...rest, signal });
  const deadline = new AbortController();
  const timer = Number.isFinite(connectTimeoutMs)
    ? setTimeout(() => {
        deadline.abort(
          new CoordinationError(
            'CONNECT_TIMEOUT',
            `No ZooKeeper server at ${options.hosts} was reached within ${connectTimeoutMs} ms: ` +
              'check that it runs and can be reached from here',
          ),
        );
      }, connectTimeoutMs)
    : undefined;
  using either = linkedSignal(signal, deadline.signal);
  try {
    await client.connected({ signal: either.signal });
    return client;
  } catch (error) {
    await client.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
