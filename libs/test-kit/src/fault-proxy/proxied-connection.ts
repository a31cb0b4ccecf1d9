/** A session as the server granted it, overheard from its answer to the connect request. */
export interface ObservedSession {
  readonly id: bigint;
  /** With the id, what it takes to resume the session. */
  readonly password: Buffer;
  /** Negotiated. */
  readonly timeoutMs: number;
}

/** A client's connection through the proxy to one server. */
export interface ProxiedConnection {
  /** Index of the upstream server. */
  readonly link: number;
  /** The session it carries, once the server has granted it. */
  readonly session: ObservedSession | undefined;
  /** Whether it is neither cut nor ended. */
  readonly open: boolean;
  /** Whether bytes of it were swallowed, so that its two ends can no longer understand each other. */
  readonly damaged: boolean;
  /** Closes both sides at once; what was under way is lost. Idempotent. */
  cut(): void;
}
