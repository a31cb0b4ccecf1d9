import { type RequestBody } from '@atalaya/zookeeper-protocol';
import { exchangeSpecial } from '../connection/exchange.js';
import { type ServerConnection } from '../connection/server-connection.js';
import { type WireError } from '../errors/wire-error.js';
import { authenticateBySasl } from '../sasl/authenticate-by-sasl.js';
import { type WatchedPaths } from '../watches/watch-table.js';
import { type Capabilities } from './capabilities.js';
import { type KnownCapabilities } from './known-capabilities.js';
import { type AuthInfo, type SaslOptions } from './session-options.js';

/** What a server is to learn before it serves the session. */
export interface Acquaintance {
  readonly sasl: SaslOptions | undefined;
  readonly auth: readonly AuthInfo[];
  readonly known: KnownCapabilities;
}

/**
 * Authenticates the session on this connection, and finds out what the server has. Rejects where the credentials are
 * refused or the connection breaks.
 *
 * @returns undefined where the server is about to close the connection, since it was asked for what it does not know
 */
export async function introduce(
  connection: ServerConnection,
  { sasl, auth, known }: Acquaintance,
): Promise<Capabilities | undefined> {
  if (sasl) await authenticateBySasl(connection, sasl);
  // All at once, in one round trip.
  const authenticated = Promise.all(auth.map((info) => authenticate(connection, info)));
  const found = known.of(connection.endpoint);
  const asked = found ? { capabilities: found, closing: false } : known.ask(connection);
  const [, { capabilities, closing }] = await Promise.all([authenticated, asked]);
  return closing ? undefined : capabilities;
}

/** Adds an identity to the session, on this connection. */
export async function authenticate(connection: ServerConnection, { scheme, auth }: AuthInfo): Promise<void> {
  await exchangeSpecial(connection, 'auth', { type: 0, scheme, auth: Buffer.from(auth) });
}

/** Sets watches again; what changed since `lastZxid` is sent at once. `refused` gets those that the server did not take. */
export async function setWatchesAgain(
  connection: ServerConnection,
  batches: readonly WatchedPaths[],
  lastZxid: bigint,
  refused: (watched: WatchedPaths, error: WireError) => void,
): Promise<void> {
  await Promise.all(
    batches.map(async (watched) => {
      const body: RequestBody<'setWatches2'> = { lastZxid, ...watched };
      const persistent = watched.persistent.length + watched.persistentRecursive.length > 0;
      try {
        await exchangeSpecial(connection, persistent ? 'setWatches2' : 'setWatches', body);
      } catch (error) {
        if ((error as WireError).answer === undefined) throw error;
        refused(watched, error as WireError);
      }
    }),
  );
}
