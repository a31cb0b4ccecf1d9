import { CoordinationError } from '../errors/coordination-error.js';
import type { CoordinationErrorCode } from '../errors/error-codes.js';
import type { Proof } from './transport.js';

export const OK = 0;
export const NO_NODE = -101;
export const SESSION_EXPIRED = -112;
export const AUTHENTICATION_FAILED = -113;
export const CONNECTION_LOSS = -4;
const SESSION_MOVED = -118;
const CREDENTIALS_REFUSED = -115;
const CLOSING = -116;
const INVALID_STATE = -9;

const codes: ReadonlyMap<number, readonly [CoordinationErrorCode, string]> = new Map([
  [
    -4,
    ['CONNECTION_LOSS', 'the connection broke while it was under way; it may or may not have been applied'],
  ],
  [-7, ['CONNECTION_LOSS', 'no answer came in time; it may or may not have been applied']],
  [SESSION_MOVED, ['CONNECTION_LOSS', 'the session moved to another server; try again']],
  [-6, ['UNSUPPORTED', 'the server does not know this operation']],
  [-8, ['INVALID_ARGUMENT', 'the server refused the arguments']],
  [NO_NODE, ['NO_NODE', 'there is no such znode']],
  [
    -102,
    [
      'NO_AUTHORIZATION',
      "the znode's access list does not allow it; connect with the credentials of its owner",
    ],
  ],
  [-103, ['BAD_VERSION', 'the znode was changed in the meantime; read it again']],
  [
    -108,
    ['NO_CHILDREN_FOR_EPHEMERALS', 'its parent is ephemeral, and ephemeral znodes cannot have children'],
  ],
  [-110, ['NODE_EXISTS', 'the znode exists already']],
  [-111, ['NOT_EMPTY', 'the znode has children; delete them first']],
  [SESSION_EXPIRED, ['SESSION_EXPIRED', 'the session is over']],
  [-114, ['INVALID_ACL', 'the access list is not valid for this session']],
  [CREDENTIALS_REFUSED, ['AUTHENTICATION_FAILED', 'the servers refused the credentials']],
]);

/** Codes in which the client speaks of the session, whoever it heard of it from. */
const OF_THE_SESSION: ReadonlySet<number> = new Set([
  SESSION_EXPIRED,
  AUTHENTICATION_FAILED,
  CREDENTIALS_REFUSED,
  CLOSING,
  SESSION_MOVED,
]);

/** Whether a server gave that code, as an answer to the operation, rather than the client on its own. */
export function isServersAnswer(code: number): boolean {
  return code === OK || (code <= NO_NODE && !OF_THE_SESSION.has(code));
}

/** Refusals that the servers agree on as they do on a change: their answer comes after the quorum's. */
const REFUSED_BY_QUORUM: ReadonlySet<number> = new Set([OK, NO_NODE, -102, -103, -108, -110, -111]);

/** What the answer to a request proves that goes to this length when it succeeds. */
export function provenBy(code: number, proof: Proof): Proof {
  return code === OK || (proof === 'quorum' && REFUSED_BY_QUORUM.has(code)) ? proof : 'server';
}

export type Ending = 'open' | 'expired' | 'closed';

/** The typed error for a result code; `ending` says why a handle that is gone is gone. */
export function errorOf(operation: string, path: string, code: number, ending: Ending): CoordinationError {
  const gone = code === CLOSING || code === INVALID_STATE;
  if (gone && ending !== 'open') return endingError(operation, path, ending);
  // A native object that is gone while its session lives on lost its connection.
  const [name, explanation] = codes.get(gone ? CONNECTION_LOSS : code) ?? [
    'OPERATION_FAILED' as const,
    `ZooKeeper answered with code ${code}`,
  ];
  return new CoordinationError(name, `${operation} ${path} failed: ${explanation}`, { path });
}

export function endingError(operation: string, path: string, ending: Ending): CoordinationError {
  return ending === 'expired'
    ? new CoordinationError('SESSION_EXPIRED', `${operation} ${path} failed: the session is over`, { path })
    : new CoordinationError('CLIENT_CLOSED', `${operation} ${path} failed: the client was closed`, { path });
}
