import { type ConnectResponse } from '@atalaya/zookeeper-protocol';
import { type SessionCredentials } from './session-options.js';

const NO_PASSWORD = Buffer.alloc(16);

/** Who the session is to the servers, and how far it has seen what they hold. */
export class SessionIdentity {
  /** 0n before the first connection of a new session. */
  id: bigint;
  password: Buffer;
  /** The newest transaction that any answer was as of. */
  lastZxid: bigint;
  /** Negotiated; undefined before the first connection. */
  timeoutMs: number | undefined;
  /** Whether the server that serves it has no quorum. */
  readOnly = false;
  /** Whether no server with a quorum has seen the session: the others do not know it, and give a new one. */
  #isProvisional: boolean;

  constructor(resumed: SessionCredentials | undefined) {
    this.id = resumed?.id ?? 0n;
    this.password = Buffer.from(resumed?.password ?? NO_PASSWORD);
    this.lastZxid = resumed?.lastZxid ?? 0n;
    this.#isProvisional = resumed === undefined;
  }

  /** What a connection asks for: this session, or a new one. */
  get asked(): { readonly sessionId: bigint; readonly password: Buffer } {
    return this.#isProvisional
      ? { sessionId: 0n, password: NO_PASSWORD }
      : { sessionId: this.id, password: this.password };
  }

  /** Takes what a server gave. */
  take({ sessionId, password, timeoutMs, readOnly }: ConnectResponse): void {
    this.id = sessionId;
    this.password = password;
    this.timeoutMs = timeoutMs;
    this.readOnly = readOnly ?? false;
    this.#isProvisional &&= this.readOnly;
  }

  /** An answer was as of this transaction. */
  saw(zxid: bigint): void {
    if (zxid > this.lastZxid) this.lastZxid = zxid;
  }
}
