import { type Operation, type ServerAddress, type WatchEventType } from '@atalaya/zookeeper-protocol';
import { type Answer, type WireError } from '../errors/wire-error.js';
import { type Capabilities } from './capabilities.js';

/** The session as it is served from now on. */
export interface ConnectedEvent {
  readonly id: bigint;
  /** Negotiated. */
  readonly timeoutMs: number;
  /** Whether the server has no quorum and takes reads only. */
  readonly readOnly: boolean;
  /** As named in the options, with the address that it was reached at. */
  readonly server: ServerAddress & { readonly address: string };
  readonly capabilities: Capabilities;
}

/**
 * A watch that fired. `removed` says that the server refused to set it again after a reconnection: it will see nothing
 * any more.
 */
export interface WatchFired {
  readonly type: Exclude<WatchEventType, 'none'> | 'removed';
  /** As the caller knows it, without the chroot. */
  readonly path: string;
}

/**
 * What a session says, each time from the event loop, never from inside a call of one of its methods. Watch events come
 * in the server's order with the replies: after the continuations of those before, before those after. Of listeners
 * that throw, the errors are uncaught exceptions.
 */
export interface SessionEvents {
  /** The session is served: for the first time or again. Watches were set again; their events follow. */
  connected?(event: ConnectedEvent): void;
  /** The connection is gone, or was left; requests under way have been rejected. The session goes on trying. */
  disconnected?(reason: WireError): void;
  /** An attempt to connect failed; the session goes on trying. */
  attemptFailed?(reason: WireError): void;
  /** A server said that the session is over; it is spent. */
  expired?(): void;
  /** A server refused the credentials; the session is spent. */
  authenticationFailed?(reason: WireError): void;
  /** A watch fired. */
  watch?(event: WatchFired): void;
  /** A server answered, as soon as the answer is read, errors and pings included. */
  answered?(answer: Answer & { readonly operation: Operation }): void;
}
