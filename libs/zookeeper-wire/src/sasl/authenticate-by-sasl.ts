import { exchange } from '../connection/exchange.js';
import { type ServerConnection } from '../connection/server-connection.js';
import { WireError } from '../errors/wire-error.js';
import { type SaslOptions } from '../session/session-options.js';
import { answerChallenge } from './digest-md5.js';

/** What ZooKeeper's servers call themselves where the client does not name another host. */
const DEFAULT_HOST = 'zk-sasl-md5';

/**
 * Authenticates the session by SASL's DIGEST-MD5, in two round trips, and checks that the server knows the password too.
 *
 * @throws {WireError} `AUTHENTICATION_FAILED`, or why the connection broke
 */
export async function authenticateBySasl(
  connection: ServerConnection,
  { username, password, host = DEFAULT_HOST }: SaslOptions,
): Promise<void> {
  const challenge = await challengeOf(connection);
  const { response, expected } = answerChallenge(challenge, {
    username,
    password,
    digestUri: `zookeeper/${host}`,
  });
  const verdict = await send(connection, response);
  if (verdict !== expected) {
    throw new WireError(
      'AUTHENTICATION_FAILED',
      'The server accepted the password, but did not show that it knows it too: it may be another server',
    );
  }
}

/** Servers without the mechanism challenge nobody, or refuse the first token, before they have seen a password. */
async function challengeOf(connection: ServerConnection): Promise<string> {
  try {
    const challenge = await send(connection, '');
    if (challenge !== '') return challenge;
  } catch (error) {
    if (error instanceof WireError && error.code === 'AUTHENTICATION_FAILED') throw notOffered(error);
    throw error;
  }
  throw notOffered();
}

function notOffered(cause?: WireError): WireError {
  return new WireError(
    'AUTHENTICATION_FAILED',
    "The server does not offer SASL's DIGEST-MD5: give it a JAAS section Server with a DigestLoginModule, and from " +
      'ZooKeeper 3.9 on -Dzookeeper.fips-mode=false',
    { cause, answer: cause?.answer },
  );
}

async function send(connection: ServerConnection, token: string): Promise<string> {
  const { value } = await exchange(connection, 'sasl', { token: Buffer.from(token) });
  return Buffer.from(value.token ?? []).toString();
}
