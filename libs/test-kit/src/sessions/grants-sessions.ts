import { SessionExchange } from './session-exchange.js';

const TIMEOUT_MS = 3_000;

/**
 * Whether a server begins a session and ends it, both of which it agrees on with a majority. A follower whose
 * connection to its leader was just cut says in `srvr` that it follows until it notices; this it cannot do.
 */
export async function grantsSessions(address: {
  readonly host: string;
  readonly port: number;
}): Promise<boolean> {
  const exchange = new SessionExchange(address, TIMEOUT_MS);
  try {
    if (!(await exchange.begin())) return false;
    await exchange.closeSession();
    return true;
  } catch {
    return false;
  } finally {
    exchange.end();
  }
}
