/** Stable codes of {@link WireError}s. */
export type WireErrorCode =
  // Answers of servers.
  | 'BAD_ARGUMENTS'
  | 'BAD_VERSION'
  | 'INVALID_ACL'
  | 'NODE_EXISTS'
  | 'NOT_EMPTY'
  | 'NOT_READ_ONLY'
  | 'NO_AUTH'
  | 'NO_CHILDREN_FOR_EPHEMERALS'
  | 'NO_NODE'
  | 'NO_WATCHER'
  | 'QUOTA_EXCEEDED'
  | 'ROLLED_BACK'
  | 'SERVER_FAILED'
  | 'SESSION_MOVED'
  | 'THROTTLED'
  // Of the session.
  | 'AUTHENTICATION_FAILED'
  | 'CLOSED'
  | 'SESSION_EXPIRED'
  // Of the connection.
  | 'CONNECTION_LOSS'
  | 'CONNECT_FAILED'
  | 'CONNECT_TIMEOUT'
  | 'NAME_NOT_RESOLVED'
  | 'NOT_CONNECTED'
  | 'PROTOCOL_VIOLATION'
  | 'SERVER_SILENT'
  | 'TLS_REFUSED'
  // Of the request: it was not sent.
  | 'INVALID_ARGUMENT'
  | 'OVERLOADED'
  | 'REQUEST_TOO_LARGE'
  | 'UNSUPPORTED';
