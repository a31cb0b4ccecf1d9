import { JuteReader } from './jute-reader.js';
import { carriesPath, type Operation, OPERATION_CODES, operationName } from './operations.js';

/** Transaction ids (xid) that mark messages outside the numbered requests. */
const NOTIFICATION_XID = -1;

/** First message of a connection: asks for a session, or for the one with this id and password. */
export interface ConnectRequest {
  readonly kind: 'connect';
  readonly sessionId: bigint;
  readonly timeoutMs: number;
}

/** The server's answer to it; a `sessionId` of 0 says that the session is over. */
export interface ConnectResponse {
  readonly kind: 'connected';
  readonly sessionId: bigint;
  readonly password: Buffer;
  /** Negotiated session timeout. */
  readonly timeoutMs: number;
}

export interface Request {
  readonly kind: 'request';
  readonly xid: number;
  readonly code: number;
  /** Undefined for a code that the test kit does not know. */
  readonly operation: Operation | undefined;
  /** Path of the node, for requests about one node; several nodes (`multi`) have none. */
  readonly path: string | undefined;
}

export interface Reply {
  readonly kind: 'reply';
  readonly xid: number;
  readonly zxid: bigint;
  /** ZooKeeper's error code, 0 for success. */
  readonly error: number;
  /** The request that it answers; undefined when that came before the proxy was there. */
  readonly request: Request | undefined;
}

export type WatchEventType = 'created' | 'deleted' | 'changed' | 'child' | 'none';

/** A watch that fired. */
export interface WatchEvent {
  readonly kind: 'event';
  readonly type: WatchEventType;
  readonly path: string;
}

/** What a client sends. */
export type ClientMessage = ConnectRequest | Request;
/** What a server sends. */
export type ServerMessage = ConnectResponse | Reply | WatchEvent;

export function parseConnectRequest(payload: Buffer): ConnectRequest {
  const reader = new JuteReader(payload);
  reader.int(); // protocol version
  reader.long(); // last transaction seen
  const timeoutMs = reader.int();
  return { kind: 'connect', timeoutMs, sessionId: reader.long() };
}

export function parseConnectResponse(payload: Buffer): ConnectResponse {
  const reader = new JuteReader(payload);
  reader.int(); // protocol version
  const timeoutMs = reader.int();
  const sessionId = reader.long();
  return { kind: 'connected', timeoutMs, sessionId, password: Buffer.from(reader.buffer() ?? []) };
}

export function parseRequest(payload: Buffer): Request {
  const reader = new JuteReader(payload);
  const xid = reader.int();
  const code = reader.int();
  const operation = operationName(code);
  const path = carriesPath(operation) ? (reader.string() ?? undefined) : undefined;
  return { kind: 'request', xid, code, operation, path };
}

/** @param requestOf finds the request that a reply answers */
export function parseServerMessage(
  payload: Buffer,
  requestOf: (xid: number) => Request | undefined,
): Reply | WatchEvent {
  const reader = new JuteReader(payload);
  const xid = reader.int();
  const zxid = reader.long();
  const error = reader.int();
  if (xid !== NOTIFICATION_XID) return { kind: 'reply', xid, zxid, error, request: requestOf(xid) };
  const type = reader.int();
  reader.int(); // state of the session
  return { kind: 'event', type: eventType(type), path: reader.string() ?? '' };
}

function eventType(code: number): WatchEventType {
  const types: Readonly<Record<number, WatchEventType>> = {
    1: 'created',
    2: 'deleted',
    3: 'changed',
    4: 'child',
  };
  return types[code] ?? 'none';
}

/** Payload of a request for the session with this id and password; of a new one with 0 and 16 zero bytes. */
export function connectRequestPayload(session: {
  readonly sessionId: bigint;
  readonly password: Buffer;
  readonly timeoutMs: number;
}): Buffer {
  const head = Buffer.alloc(28);
  head.writeInt32BE(0, 0); // protocol version
  head.writeBigInt64BE(0n, 4); // last transaction seen: none, so that no server is too far behind
  head.writeInt32BE(session.timeoutMs, 12);
  head.writeBigInt64BE(session.sessionId, 16);
  head.writeInt32BE(session.password.length, 24);
  return Buffer.concat([head, session.password, Buffer.from([0])]); // not read-only
}

/** Payload of a request without a body, such as `ping` or `closeSession`. */
export function bareRequestPayload(xid: number, operation: Operation): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeInt32BE(xid, 0);
  payload.writeInt32BE(OPERATION_CODES[operation], 4);
  return payload;
}
