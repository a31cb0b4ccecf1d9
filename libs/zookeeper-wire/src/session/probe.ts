import { exchange } from '../connection/exchange.js';
import { type ServerConnection } from '../connection/server-connection.js';
import { WireError } from '../errors/wire-error.js';
import { type Capabilities } from './capabilities.js';

/** What every server has from 3.5 on. */
export const NO_CAPABILITIES: Capabilities = {
  multiRead: false,
  persistentWatches: false,
  counts: false,
  whoAmI: false,
};

/** What a server was found to have. */
export interface Findings {
  readonly capabilities: Capabilities;
  /** Whether the server closes the connection now, as it does after a request that it does not know. */
  readonly closing: boolean;
}

/**
 * Asks the server what it has, by one request for each generation: an empty multi-read (3.6) and `whoAmI` (3.7), sent
 * together. Rejects where the connection breaks before the verdict.
 */
export async function probe(connection: ServerConnection): Promise<Findings> {
  const answers = [
    supports(exchange(connection, 'multiRead', [])),
    supports(exchange(connection, 'whoAmI', {})),
  ] as const;
  // The second is cut off where the server does not know the first.
  void answers[1].catch(() => {});
  const multiRead = await answers[0];
  if (!multiRead) return { capabilities: NO_CAPABILITIES, closing: true };
  const whoAmI = await answers[1];
  return {
    capabilities: { multiRead, persistentWatches: true, counts: true, whoAmI },
    closing: !whoAmI,
  };
}

async function supports(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof WireError && error.code === 'UNSUPPORTED') return false;
    throw error;
  }
}
