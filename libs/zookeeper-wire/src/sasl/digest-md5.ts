import { createHash, randomBytes } from 'node:crypto';
import { WireError } from '../errors/wire-error.js';

/** Who answers a challenge, and for which service. */
export interface DigestIdentity {
  readonly username: string;
  readonly password: string;
  /** `<service>/<host>`, as in `zookeeper/zk-sasl-md5`. */
  readonly digestUri: string;
}

/** The answer to a challenge, and what the server has to say to show that it knows the password too. */
export interface DigestAnswer {
  readonly response: string;
  readonly expected: string;
}

/**
 * Answers a challenge of the SASL mechanism DIGEST-MD5 (RFC 2831, section 2.1) with the quality of protection `auth`.
 *
 * @throws {WireError} `AUTHENTICATION_FAILED` for a challenge without a nonce, or one that offers no such quality
 */
export function answerChallenge(
  challenge: string,
  { username, password, digestUri }: DigestIdentity,
  cnonce = randomBytes(16).toString('base64'),
): DigestAnswer {
  const { nonce, realm = '', qop = 'auth', charset } = directivesOf(challenge);
  if (nonce === undefined || !qop.split(/\s*,\s*/).includes('auth')) {
    throw new WireError(
      'AUTHENTICATION_FAILED',
      `The server's challenge cannot be answered by DIGEST-MD5 with qop=auth: ${challenge}`,
    );
  }
  const encoding = charset === 'utf-8' ? 'utf8' : 'latin1';
  const nc = '00000001';
  const secret = Buffer.concat([
    md5(Buffer.from(`${username}:${realm}:${password}`, encoding)),
    Buffer.from(`:${nonce}:${cnonce}:${username}`, encoding),
  ]);
  const digest = (method: string): string =>
    hex(`${hex(secret)}:${nonce}:${nc}:${cnonce}:auth:${hex(`${method}:${digestUri}`)}`);
  const response = [
    ...(charset === undefined ? [] : [`charset=${charset}`]),
    `username=${quoted(username)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `nc=${nc}`,
    `cnonce=${quoted(cnonce)}`,
    `digest-uri=${quoted(digestUri)}`,
    // Servers name the identity by it, and have none where it is missing.
    `authzid=${quoted(username)}`,
    'maxbuf=65536',
    `response=${digest('AUTHENTICATE')}`,
    'qop=auth',
  ].join(',');
  return { response, expected: `rspauth=${digest('')}` };
}

function directivesOf(challenge: string): Partial<Record<string, string>> {
  const directives = challenge.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))/g);
  return Object.fromEntries(
    [...directives].map(([, name = '', inQuotes, bare]) => [
      name,
      inQuotes === undefined ? (bare ?? '') : inQuotes.replace(/\\(.)/g, '$1'),
    ]),
  );
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function md5(value: string | Buffer): Buffer {
  return createHash('md5').update(value).digest();
}

function hex(value: string | Buffer): string {
  return md5(value).toString('hex');
}
