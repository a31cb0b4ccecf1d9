import { type ConnectionOptions } from 'node:tls';
import { type ServerAddress } from '@atalaya/zookeeper-protocol';
import { type Resolver } from '../addresses/host-name.js';
import { type SessionEvents } from './session-events.js';

/** With what a session is taken up again, by this process or another. */
export interface SessionCredentials {
  readonly id: bigint;
  /** 16 bytes. */
  readonly password: Uint8Array;
  /** The last transaction seen: a server that is behind it is not used. */
  readonly lastZxid: bigint;
}

/** Credentials for one of the servers' schemes: `{ scheme: 'digest', auth: 'user:password' }`. */
export interface AuthInfo {
  readonly scheme: string;
  readonly auth: string | Uint8Array;
}

/** Credentials for SASL's DIGEST-MD5. */
export interface SaslOptions {
  readonly username: string;
  readonly password: string;
  /** Host part of the service's name at the server; `zk-sasl-md5` by default, as in ZooKeeper's own client. */
  readonly host?: string | undefined;
}

/** How a session is opened. */
export interface SessionOptions {
  /** `host:port,host:port/chroot`. */
  readonly hosts: string | readonly ServerAddress[];
  /** A path such as `/atalaya` under which all paths lie; in place of the one in `hosts`. */
  readonly chroot?: string | undefined;
  /** Asked for; 10,000 by default. The servers negotiate. */
  readonly sessionTimeoutMs?: number | undefined;
  /** Takes this session up in place of opening a new one. */
  readonly resume?: SessionCredentials | undefined;
  readonly auth?: readonly AuthInfo[] | undefined;
  readonly sasl?: SaslOptions | undefined;
  /**
   * Connects by TLS: Node's options, such as `ca`, `cert`, `key`, `checkServerIdentity`. Host and port are the servers';
   * the certificate is checked against the name in `hosts`.
   */
  readonly tls?: ConnectionOptions | true | undefined;
  /**
   * Whether a server without a quorum will do, for reads, where none with a quorum can be reached; it is left as soon as
   * one can. False by default.
   */
  readonly readOnly?: boolean | undefined;
  readonly events?: SessionEvents | undefined;
  /** For one attempt to connect, handshake included; by default two thirds of the session timeout, shared out among the servers. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Waits between rounds in which every server has failed: doubled each time from the first to the longest, less up to a
   * half by chance. 50 and 1,000 by default. The first round follows a loss at once.
   */
  readonly retry?: { readonly firstDelayMs?: number; readonly maxDelayMs?: number } | undefined;
  /**
   * Largest request; the servers' `jute.maxbuffer`, 1,048,575 by default. A larger one is rejected alone, where a server
   * would close the connection.
   */
  readonly maxRequestBytes?: number | undefined;
  /** Largest reply that is accepted; 64 MiB by default. */
  readonly maxReplyBytes?: number | undefined;
  /** Bytes that may wait to be sent before further requests reject with `OVERLOADED`; 64 MiB by default. */
  readonly maxQueuedBytes?: number | undefined;
  /** Requests that may wait to be answered before further ones reject with `OVERLOADED`; 262,144 by default. */
  readonly maxPendingRequests?: number | undefined;
  /** How names are looked up; the system's resolver by default. */
  readonly resolver?: Resolver | undefined;
}
