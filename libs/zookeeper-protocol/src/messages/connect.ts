import { JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';

/** First message of a connection: asks for a session, or for the one with this id and password. */
export interface ConnectRequest {
  readonly protocolVersion: number;
  /** A server that is behind this transaction refuses the connection. */
  readonly lastZxid: bigint;
  readonly timeoutMs: number;
  /** 0n for a new session. */
  readonly sessionId: bigint;
  /** 16 bytes; zeros for a new session. */
  readonly password: Buffer;
  /** Whether a server without a quorum will do; undefined where the client is too old to say. */
  readonly readOnly?: boolean | undefined;
}

/** The server's answer to it. */
export interface ConnectResponse {
  readonly protocolVersion: number;
  /** Negotiated; 0 says that the session is over. */
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Buffer;
  /** Whether the server has no quorum and takes reads only; undefined where it is too old to say. */
  readonly readOnly?: boolean | undefined;
}

export function writeConnectRequest(writer: JuteWriter, request: ConnectRequest): void {
  writer.int(request.protocolVersion).long(request.lastZxid).int(request.timeoutMs);
  writer.long(request.sessionId).buffer(request.password);
  if (request.readOnly !== undefined) writer.bool(request.readOnly);
}

export function readConnectRequest(payload: Buffer): ConnectRequest {
  const reader = new JuteReader(payload);
  return {
    protocolVersion: reader.int(),
    lastZxid: reader.unsignedLong(),
    timeoutMs: reader.int(),
    ...credentials(reader),
  };
}

export function writeConnectResponse(writer: JuteWriter, response: ConnectResponse): void {
  writer.int(response.protocolVersion).int(response.timeoutMs);
  writer.long(response.sessionId).buffer(response.password);
  if (response.readOnly !== undefined) writer.bool(response.readOnly);
}

export function readConnectResponse(payload: Buffer): ConnectResponse {
  const reader = new JuteReader(payload);
  return { protocolVersion: reader.int(), timeoutMs: reader.int(), ...credentials(reader) };
}

function credentials(reader: JuteReader): Pick<ConnectRequest, 'sessionId' | 'password' | 'readOnly'> {
  const sessionId = reader.unsignedLong();
  // A copy: it is kept for as long as the session lives.
  const password = Buffer.from(reader.buffer() ?? []);
  return { sessionId, password, readOnly: reader.remaining > 0 ? reader.bool() : undefined };
}
