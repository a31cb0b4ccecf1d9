/**
 * Every code of this library, with what it means. The codes are part of the interface: one is never renamed, and
 * a new failure gets a new code.
 */
export const errorCodes = {
  CONNECTION_LOSS:
    'the connection broke while the operation was under way: it may or may not have been applied',
  SESSION_EXPIRED: 'the session of the operation is over; its ephemeral znodes are gone',
  CLIENT_CLOSED: 'the client was closed',
  CONNECT_TIMEOUT: 'no server was reached within connectTimeoutMs',
  AUTHENTICATION_FAILED: 'the servers refused the credentials',
  NO_NODE: 'the znode does not exist',
  NODE_EXISTS: 'the znode exists already',
  NOT_EMPTY: 'the znode has children',
  BAD_VERSION: 'the znode was changed in the meantime',
  NO_CHILDREN_FOR_EPHEMERALS: 'an ephemeral znode cannot have children',
  NO_AUTHORIZATION: "the znode's access list does not allow the operation",
  INVALID_ACL: 'the access list is not valid for this session',
  INVALID_ARGUMENT: 'an argument is not valid; nothing was sent',
  UNSUPPORTED: 'the server, the transport or the platform cannot do this',
  OPERATION_FAILED: 'the server answered with an error this library has no name for',
  REGISTRATION_CONFLICT: 'somebody else holds the id',
  REGISTRATION_CLOSED: 'the registration was closed',
  TERM_ENDED: 'the term of leadership is over',
  CANDIDATE_NOT_FOUND: 'no candidate of that id takes part in the election',
  NOT_LEADING: 'this candidate does not lead at the moment',
  OVERLOADED: 'more waits to be sent than the connection holds; nothing was sent',
  OPERATION_TIMEOUT:
    'the operation was not answered within operationTimeoutMs: it may or may not have been applied',
  WAIT_TIMEOUT: 'what was waited for did not come within timeoutMs; nothing of the attempt is left behind',
  NOT_REENTRANT: 'the object holds, or waits for, what it was asked to acquire',
  LOCK_LOST: 'the lock, or the lease of a semaphore, is not held any more',
  SEMAPHORE_MISMATCH: 'the semaphore was set up with another number of leases',
  BARRIER_LOST: 'the place in the barrier is gone',
  OUTCOME_UNKNOWN: 'the connection broke, and whether the change was applied is not known',
  INVALID_VALUE: 'the znode holds data that is no value of this recipe',
  NO_INSTANCE: 'no living instance of the service is registered',
} as const;

/** One of the codes that {@link errorCodes} explains. */
export type CoordinationErrorCode = keyof typeof errorCodes;
