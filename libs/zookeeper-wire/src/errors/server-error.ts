import { type ResultName, resultName } from '@atalaya/zookeeper-protocol';
import { type Answer, WireError } from './wire-error.js';
import { type WireErrorCode } from './wire-error-codes.js';

const meanings: Partial<Record<ResultName, readonly [WireErrorCode, string]>> = {
  NO_NODE: ['NO_NODE', 'there is no such znode'],
  NODE_EXISTS: ['NODE_EXISTS', 'the znode exists already'],
  BAD_VERSION: ['BAD_VERSION', 'the znode was changed in the meantime; read it again'],
  NOT_EMPTY: ['NOT_EMPTY', 'the znode has children; delete them first'],
  NO_CHILDREN_FOR_EPHEMERALS: [
    'NO_CHILDREN_FOR_EPHEMERALS',
    'its parent is ephemeral, and ephemeral znodes cannot have children',
  ],
  NO_AUTH: ['NO_AUTH', "the znode's access list does not allow it; authenticate as its owner"],
  INVALID_ACL: ['INVALID_ACL', 'the access list is not valid for this session'],
  AUTH_FAILED: ['AUTHENTICATION_FAILED', 'the server refused the credentials'],
  SESSION_CLOSED_REQUIRE_SASL_AUTH: ['AUTHENTICATION_FAILED', 'the server requires SASL'],
  BAD_ARGUMENTS: ['BAD_ARGUMENTS', 'the server refused the arguments'],
  UNIMPLEMENTED: ['UNSUPPORTED', 'the server does not have this operation, or has it switched off'],
  RECONFIG_DISABLED: ['UNSUPPORTED', 'reconfiguration is switched off at the server'],
  SESSION_EXPIRED: ['SESSION_EXPIRED', 'the session is over'],
  SESSION_MOVED: ['SESSION_MOVED', 'the session has moved to another server; try again'],
  NOT_READ_ONLY: ['NOT_READ_ONLY', 'the server has no quorum and takes reads only'],
  NO_WATCHER: ['NO_WATCHER', 'no such watch is set'],
  QUOTA_EXCEEDED: ['QUOTA_EXCEEDED', 'the quota of a znode above it is used up'],
  THROTTLED: ['THROTTLED', 'the server has too much to do; try again later'],
  RUNTIME_INCONSISTENCY: ['ROLLED_BACK', 'another part of the same multi failed, so it was not tried'],
};

/** The typed error for a result code other than 0. */
export function serverError(
  code: number,
  operation: string,
  details: { readonly path?: string | undefined; readonly answer?: Answer | undefined },
): WireError {
  const name = resultName(code);
  const [wireCode, meaning] = (name && meanings[name]) ?? [
    'SERVER_FAILED' as const,
    `the server answered with code ${code}${name ? ` (${name})` : ''}`,
  ];
  const about = details.path === undefined ? operation : `${operation} ${details.path}`;
  return new WireError(wireCode, `${about} failed: ${meaning}`, details);
}
