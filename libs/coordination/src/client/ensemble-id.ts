import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { parentOf } from '../transport/znode-path.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The identity of the ensemble: a UUID kept in the persistent znode of that path, created by whoever asks first. Transaction ids,
 * and so fencing tokens, of two ensembles cannot be compared; those of one can.
 *
 * Rejects with `OPERATION_FAILED` where the znode holds something else than a UUID.
 */
export async function ensembleId(client: Client, path: string, options: WaitOptions = {}): Promise<string> {
  for (;;) {
    try {
      const { data } = await client.get(path, options);
      return checked(data.toString('utf8'), path);
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) throw error;
    }
    try {
      await client.ensurePath(parentOf(path) ?? '/', options);
      await client.create(path, { ...options, data: randomUUID() });
    } catch (error) {
      // Somebody else was first, or the outcome is unknown: what is read then counts.
      if (!hasCode(error, 'NODE_EXISTS', 'NO_NODE') && !isRetryable(error)) throw error;
    }
  }
}

function checked(text: string, path: string): string {
  if (uuid.test(text)) return text;
  throw new CoordinationError(
    'OPERATION_FAILED',
    `${path} holds ${JSON.stringify(text.slice(0, 60))} in place of a UUID: delete it if nothing else uses it`,
    { path },
  );
}
