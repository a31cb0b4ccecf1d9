import { type Operation } from '@atalaya/zookeeper-protocol';
import { type ClientMessage, type ServerMessage } from './overheard-messages.js';
import { type ProxiedConnection } from './proxied-connection.js';

/** Which way a message goes. */
export type Direction = 'toServer' | 'toClient';

/** The connections that a fault is about; all of the proxy's without one of these. */
export interface FaultScope {
  /** Index of the upstream server. */
  readonly link?: number;
  readonly where?: (connection: ProxiedConnection) => boolean;
}

/** The requests, and with them their replies, that a fault is about. */
export interface RequestFilter extends FaultScope {
  /** Name or names of the request types; all by default. */
  readonly operation?: Operation | readonly Operation[];
  /** The path that the request names, or a test for it. Requests without a path match only when this is absent. */
  readonly path?: string | RegExp | ((path: string) => boolean);
}

/** Which of the matching messages are dropped, and what becomes of their connection. */
export interface DropOptions {
  /** The first matching message to drop, from 1; 1 by default. */
  readonly nth?: number;
  /** How many are dropped from there on; 1 by default. */
  readonly times?: number;
  /**
   * What follows each drop. `cut` (the default) closes the connection, which is how a message is lost in a network;
   * `swallow` keeps it open and lets nothing more through until the fault is lifted, which cuts it; `pass` goes on as if
   * nothing had happened, a gap in the stream that TCP rules out and clients treat as a broken server.
   */
  readonly then?: 'cut' | 'swallow' | 'pass';
}

/** A fault that is in force until it is lifted. */
export interface Fault extends AsyncDisposable {
  /** How many messages it has dropped, swallowed or delayed so far; stalls and refusals count none. */
  readonly hits: number;
  /** Takes the fault away; idempotent. */
  lift(): Promise<void>;
}

/** One message on its way, as the faults see it. */
export interface MessageInTransit {
  readonly direction: Direction;
  readonly connection: ProxiedConnection;
  /** Undefined where the stream carries no ZooKeeper frames (four letter words). */
  readonly message: ClientMessage | ServerMessage | undefined;
}

/** What is done with a message. */
export type Verdict =
  | { readonly action: 'drop'; readonly then: NonNullable<DropOptions['then']> }
  | { readonly action: 'delay'; readonly delayMs: number };

/** What a connection asks of the faults in force. */
export interface FaultRules {
  /** What happens to this message; undefined lets it through. */
  verdict(transit: MessageInTransit): Verdict | undefined;
  /** Whether messages are kept back for the time being. */
  stalled(connection: ProxiedConnection, direction: Direction): boolean;
  /** The fault in which this connection's bytes, and its end, vanish in this direction; what vanishes is a hit. */
  swallowing(connection: ProxiedConnection, direction: Direction): { hits: number } | undefined;
}

/** Whether a connection is in a fault's scope. */
export function inScope({ link, where }: FaultScope, connection: ProxiedConnection): boolean {
  return (link === undefined || link === connection.link) && (where?.(connection) ?? true);
}

/** Whether a message is a request that the filter is about, or the reply to one. */
export function matchesRequest(filter: RequestFilter, { connection, message }: MessageInTransit): boolean {
  if (!inScope(filter, connection)) return false;
  const request =
    message?.kind === 'request' ? message : message?.kind === 'reply' ? message.request : undefined;
  if (!request) return false;
  const { operation, path } = filter;
  const operations = operation === undefined || typeof operation === 'string' ? operation : [...operation];
  if (operations !== undefined && !(request.operation && [operations].flat().includes(request.operation))) {
    return false;
  }
  return path === undefined || (request.path !== undefined && matchesPath(path, request.path));
}

/** Whether a path is the one asked for, or passes its test. */
export function matchesPath(wanted: NonNullable<RequestFilter['path']>, path: string): boolean {
  if (typeof wanted === 'string') return wanted === path;
  return wanted instanceof RegExp ? path.search(wanted) >= 0 : wanted(path);
}
