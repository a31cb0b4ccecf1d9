import { MultiError, type WireError, type WireErrorCode } from '@atalaya/zookeeper-wire';
import { CoordinationError } from '../../errors/coordination-error.js';
import type { CoordinationErrorCode } from '../../errors/error-codes.js';
import { TransactionError } from '../../errors/transaction-error.js';

const codes: Readonly<Record<WireErrorCode, CoordinationErrorCode>> = {
  BAD_ARGUMENTS: 'INVALID_ARGUMENT',
  BAD_VERSION: 'BAD_VERSION',
  INVALID_ACL: 'INVALID_ACL',
  NODE_EXISTS: 'NODE_EXISTS',
  NOT_EMPTY: 'NOT_EMPTY',
  NO_AUTH: 'NO_AUTHORIZATION',
  NO_CHILDREN_FOR_EPHEMERALS: 'NO_CHILDREN_FOR_EPHEMERALS',
  NO_NODE: 'NO_NODE',
  NO_WATCHER: 'OPERATION_FAILED',
  QUOTA_EXCEEDED: 'OPERATION_FAILED',
  ROLLED_BACK: 'OPERATION_FAILED',
  SERVER_FAILED: 'OPERATION_FAILED',
  AUTHENTICATION_FAILED: 'AUTHENTICATION_FAILED',
  CLOSED: 'CLIENT_CLOSED',
  SESSION_EXPIRED: 'SESSION_EXPIRED',
  // Tried again on another connection, or when the server has less to do.
  NOT_READ_ONLY: 'CONNECTION_LOSS',
  SESSION_MOVED: 'CONNECTION_LOSS',
  THROTTLED: 'CONNECTION_LOSS',
  CONNECTION_LOSS: 'CONNECTION_LOSS',
  CONNECT_FAILED: 'CONNECTION_LOSS',
  CONNECT_TIMEOUT: 'CONNECTION_LOSS',
  NAME_NOT_RESOLVED: 'CONNECTION_LOSS',
  NOT_CONNECTED: 'CONNECTION_LOSS',
  PROTOCOL_VIOLATION: 'CONNECTION_LOSS',
  SERVER_SILENT: 'CONNECTION_LOSS',
  TLS_REFUSED: 'CONNECTION_LOSS',
  OVERLOADED: 'OVERLOADED',
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  REQUEST_TOO_LARGE: 'INVALID_ARGUMENT',
  UNSUPPORTED: 'UNSUPPORTED',
};

/** The same failure in this library's words. */
export function coordinationError(error: WireError): CoordinationError {
  if (error instanceof MultiError) {
    const errors = error.errors.map((each) =>
      each.code === 'ROLLED_BACK' ? undefined : coordinationError(each),
    );
    return new TransactionError(error.index, errors);
  }
  return new CoordinationError(codes[error.code], error.message, { path: error.path, cause: error });
}

/** Refusals that the servers agree on as they do on a change: their answer comes after the quorum's. */
const refusals: ReadonlySet<WireErrorCode> = new Set([
  'BAD_VERSION',
  'NODE_EXISTS',
  'NOT_EMPTY',
  'NO_AUTH',
  'NO_CHILDREN_FOR_EPHEMERALS',
  'NO_NODE',
]);

/** Whether the quorum has refused it, rather than the server that was asked. */
export function isRefusalOfQuorum({ code }: WireError): boolean {
  return refusals.has(code);
}
