import { waitFor } from '../src/index.js';
import { RawClient } from './raw-client.js';

/** ZooKeeper's error code for a node that is there already. */
export const NODE_EXISTS = -110;

/** Creates a persistent node over a connection of its own; resolves with ZooKeeper's error code, 0 for success. */
export async function createNode(connectString: string, path: string): Promise<number> {
  const client = RawClient.open(connectString);
  try {
    const xid = client.create(path, 'persistent');
    const reply = await waitFor(() => client.reply(xid), {
      timeoutMs: 20_000,
      describe: `${path} to be created`,
    });
    return reply.error;
  } finally {
    client.destroy();
  }
}
