export { openSession, type VersionOption, type WatchOption, WireSession } from './session/wire-session.js';
export {
  type AuthInfo,
  type SaslOptions,
  type SessionCredentials,
  type SessionOptions,
} from './session/session-options.js';
export { type ConnectedEvent, type SessionEvents, type WatchFired } from './session/session-events.js';
export { type SessionState } from './session/session-status.js';
export { type Capabilities } from './session/capabilities.js';
export { type Reply } from './connection/exchange.js';
export { type Resolver, systemResolver } from './addresses/host-name.js';
export { type Endpoint, ServerList } from './addresses/server-list.js';
export { type CreateOptions } from './operations/create.js';
export { type MultiOperation, type MultiResult, type MultiResults } from './operations/multi.js';
export { type ReadOperation, type ReadResult, type ReadResults } from './operations/multi-read.js';
export { type PreparedReads } from './operations/prepared-reads.js';
export { type ZnodeData } from './operations/znode-data.js';
export { type Answer, WireError, type WireErrorDetails } from './errors/wire-error.js';
export { type WireErrorCode } from './errors/wire-error-codes.js';
export { MultiError } from './errors/multi-error.js';
export {
  type Acl,
  type AddWatchMode,
  type ClientIdentity,
  type ConnectString,
  type CreateMode,
  CREATOR_ACL,
  formatServer,
  type NodeValue,
  OPEN_ACL,
  type Operation,
  parseConnectString,
  PERMISSIONS,
  problemOfPath,
  ProtocolError,
  READ_ACL,
  type ServerAddress,
  type Stat,
  type WatcherType,
  type WatchEventType,
} from '@atalaya/zookeeper-protocol';
