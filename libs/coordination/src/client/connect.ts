import { checkOptions } from '../arguments/arguments.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { deadlineSignal } from '../waiting/deadline.js';
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
  const {
    connectTimeoutMs = defaultConnectTimeoutMs,
    signal,
    ...rest
  } = checkOptions(options, 'the options of a client');
  signal?.throwIfAborted();
  using deadline = deadlineSignal({
    timeoutMs: connectTimeoutMs,
    option: 'connectTimeoutMs',
    expired: (timeoutMs) =>
      new CoordinationError(
        'CONNECT_TIMEOUT',
        `No ZooKeeper server at ${options.hosts} was reached within ${timeoutMs} ms: ` +
          'check that it runs and can be reached from here',
      ),
    signals: [signal],
  });
  const client = createClient({ ...rest, signal });
  try {
    await client.connected({ signal: deadline.signal });
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}
