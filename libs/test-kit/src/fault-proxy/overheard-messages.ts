import {
  carriesPath,
  JuteReader,
  type Operation,
  operationName,
  readConnectRequest,
  readConnectResponse,
  readReplyHeader,
  readWatchEvent,
  type ReplyHeader,
  SPECIAL_XIDS,
  type WatchEvent,
  type ConnectRequest,
  type ConnectResponse,
} from '@atalaya/zookeeper-protocol';

/** A request as far as faults need to know it: one of a kind that the protocol package does not know goes through too. */
export interface OverheardRequest {
  readonly kind: 'request';
  readonly xid: number;
  readonly code: number;
  /** Undefined for a code that is not known. */
  readonly operation: Operation | undefined;
  /** Path of the node, for requests about one node; several nodes (`multi`) have none. */
  readonly path: string | undefined;
}

export interface OverheardReply extends ReplyHeader {
  readonly kind: 'reply';
  /** The request that it answers; undefined when that came before the proxy was there. */
  readonly request: OverheardRequest | undefined;
}

/** What a client sends. */
export type ClientMessage = (ConnectRequest & { readonly kind: 'connect' }) | OverheardRequest;
/** What a server sends. */
export type ServerMessage =
  | (ConnectResponse & { readonly kind: 'connected' })
  | OverheardReply
  | (WatchEvent & { readonly kind: 'event' });

export function parseConnectRequest(payload: Buffer): ClientMessage {
  return { kind: 'connect', ...readConnectRequest(payload) };
}

export function parseConnectResponse(payload: Buffer): ServerMessage {
  return { kind: 'connected', ...readConnectResponse(payload) };
}

export function parseRequest(payload: Buffer): OverheardRequest {
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
  requestOf: (xid: number) => OverheardRequest | undefined,
): ServerMessage {
  const reader = new JuteReader(payload);
  const header = readReplyHeader(reader);
  if (header.xid === SPECIAL_XIDS.watchEvent) return { kind: 'event', ...readWatchEvent(reader) };
  return { kind: 'reply', ...header, request: requestOf(header.xid) };
}
