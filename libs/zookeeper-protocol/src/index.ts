export { ProtocolError, type ProtocolErrorCode } from './errors.js';
export { LENGTH_BYTES, frameOf, payloadOf } from './frames/frame.js';
export { FrameDecoder } from './frames/frame-decoder.js';
export { JuteReader } from './jute/jute-reader.js';
export { JuteWriter } from './jute/jute-writer.js';
export { carriesPath, type Operation, OPERATION_CODES, operationName } from './codes/operations.js';
export { RESULT_CODES, type ResultName, resultName } from './codes/result-codes.js';
export { CREATE_MODES, type CreateMode } from './codes/create-modes.js';
export { SPECIAL_XIDS } from './codes/special-xids.js';
export {
  ADD_WATCH_MODES,
  type AddWatchMode,
  WATCHER_TYPES,
  type WatcherType,
  watchEventCode,
  type WatchEventType,
  watchEventType,
} from './codes/watches.js';
export { type Acl, CREATOR_ACL, OPEN_ACL, PERMISSIONS, READ_ACL } from './records/acl.js';
export { type NodeValue } from './records/node-value.js';
export { readStat, type Stat, STAT_BYTES, writeStat } from './records/stat.js';
export {
  type ConnectRequest,
  type ConnectResponse,
  readConnectRequest,
  readConnectResponse,
  writeConnectRequest,
  writeConnectResponse,
} from './messages/connect.js';
export { type MultiCreate, type MultiPart } from './messages/multi-request.js';
export { type MultiPartReply, readValues } from './messages/multi-reply.js';
export { type RequestBody } from './messages/request-bodies.js';
export { type ClientIdentity, type ReplyBody } from './messages/reply-bodies.js';
export { EncodedBody, readRequest, type Request, writeRequest } from './messages/requests.js';
export {
  readReplyBody,
  readReplyHeader,
  readWatchEvent,
  type ReplyHeader,
  type WatchEvent,
  writeReplyBody,
  writeReplyHeader,
  writeWatchEvent,
} from './messages/replies.js';
export {
  type ConnectString,
  formatServer,
  parseConnectString,
  type ServerAddress,
} from './paths/connect-string.js';
export { problemOfPath } from './paths/znode-path.js';
