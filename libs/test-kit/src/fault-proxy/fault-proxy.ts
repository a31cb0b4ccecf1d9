import { TestKitError } from '../errors.js';
import { type WatchEventType } from '@atalaya/zookeeper-protocol';
import { expireSession } from '../sessions/expire-session.js';
import { FaultRegistry } from './fault-registry.js';
import {
  type Direction,
  type DropOptions,
  type Fault,
  type FaultScope,
  inScope,
  matchesPath,
  matchesRequest,
  type MessageInTransit,
  type RequestFilter,
  type Verdict,
} from './faults.js';
import { type ObservedSession, type ProxiedConnection } from './proxied-connection.js';
import { newCounters, type ProxyCounters } from './proxy-counters.js';
import { type Address, ProxyLink, type Upstream } from './proxy-link.js';

/** How {@link startFaultProxy} is set up. */
export interface FaultProxyOptions {
  /** The servers behind the proxy, such as `zk.servers`; each gets a port of its own. */
  readonly upstreams: readonly Address[];
}

/**
 * Starts a TCP proxy between ZooKeeper clients and servers that understands the protocol's frames, so that a test can
 * lose exactly the message that it is about. It listens on 127.0.0.1, one port per server, until `close()`.
 *
 * @throws TestKitError `INVALID_OPTION` without upstreams, `PORT_TAKEN` when no port can be bound
 * @example
 * await using proxy = await startFaultProxy({ upstreams: zk.servers });
 * const lost = proxy.dropReplies({ operation: 'create', path: /lock/, nth: 2 });
 * // … connect a client to proxy.connectString: its second create is done, and it never hears of it
 */
export async function startFaultProxy({ upstreams }: FaultProxyOptions): Promise<FaultProxy> {
  if (upstreams.length === 0) {
    throw new TestKitError('INVALID_OPTION', 'upstreams is empty: name the servers behind the proxy');
  }
  const proxy = new FaultProxy(upstreams);
  await proxy.open();
  return proxy;
}

/** A running proxy; see {@link startFaultProxy}. Faults add up, and each is in force until it is lifted. */
export class FaultProxy implements AsyncDisposable {
  readonly links: readonly ProxyLink[];
  readonly #counters = newCounters();
  readonly #sessions = new Map<bigint, ObservedSession>();
  readonly #faults = new FaultRegistry(() => {
    for (const link of this.links) link.faultsChanged();
  });

  /** @internal use {@link startFaultProxy} */
  constructor(private readonly upstreams: readonly Upstream[]) {
    this.links = upstreams.map(
      (upstream, index) =>
        new ProxyLink(index, upstream, this.#faults, this.#counters, (session) => {
          this.#sessions.set(session.id, session);
        }),
    );
  }

  /** @internal Begins to listen, on every link or, where one fails, on none. */
  async open(): Promise<void> {
    try {
      for (const link of this.links) await link.open();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** `host:port,…` of the proxy, for a client in place of the servers' own. */
  get connectString(): string {
    return this.links.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  /** The connections that are neither cut nor ended. */
  get connections(): readonly ProxiedConnection[] {
    return this.links.flatMap((link) => link.connections);
  }

  /** Every session that was granted through the proxy, by id, with the password that resumes it. */
  get sessions(): ReadonlyMap<bigint, ObservedSession> {
    return this.#sessions;
  }

  /** What has gone through so far; a snapshot. */
  get counters(): Readonly<ProxyCounters> {
    return { ...this.#counters, requests: { ...this.#counters.requests } };
  }

  /** Loses replies on their way back: the server has carried the request out and the client does not know it. */
  dropReplies(options: RequestFilter & DropOptions = {}): Fault {
    return this.#drop(
      options,
      (transit) => transit.message?.kind === 'reply' && matchesRequest(options, transit),
    );
  }

  /** Loses requests on their way there: the server has not seen them. */
  dropRequests(options: RequestFilter & DropOptions = {}): Fault {
    return this.#drop(
      options,
      (transit) => transit.message?.kind === 'request' && matchesRequest(options, transit),
    );
  }

  /** Loses watch events. */
  dropEvents(
    options: FaultScope &
      DropOptions & { readonly type?: WatchEventType; readonly path?: RequestFilter['path'] } = {},
  ): Fault {
    const { type, path } = options;
    return this.#drop(
      options,
      ({ message, connection }) =>
        message?.kind === 'event' &&
        inScope(options, connection) &&
        (type === undefined || type === message.type) &&
        (path === undefined || matchesPath(path, message.path)),
    );
  }

  /** Hands every message of a direction on `delayMs` later, in order. */
  delay(options: FaultScope & { readonly direction: Direction | 'both'; readonly delayMs: number }): Fault {
    const { direction, delayMs } = options;
    return this.#faults.add({
      verdict: (transit) =>
        (direction === 'both' || direction === transit.direction) && inScope(options, transit.connection)
          ? { action: 'delay', delayMs }
          : undefined,
    });
  }

  /**
   * Keeps everything back while it is in force, and hands it on when it is lifted: a network that is interrupted and
   * comes back while TCP still retries.
   */
  stall(options: FaultScope & { readonly direction?: Direction | 'both' } = {}): Fault {
    return this.#faults.add({ stalls: { ...options, direction: options.direction ?? 'both' } });
  }

  /**
   * Swallows everything while it is in force, the end of connections included: both sides believe that they are
   * connected, and new connections are accepted but never answered. When it is lifted, connections that have lost
   * bytes are cut.
   */
  halfOpen(options: FaultScope & { readonly direction?: Direction | 'both' } = {}): Fault {
    return this.#faults.add({
      swallows: { ...options, direction: options.direction ?? 'both' },
      onLift: this.#liftDamage,
    });
  }

  /** Refuses new connections (nothing listens on the port); those that stand go on. */
  async refuse({ link }: { readonly link?: number } = {}): Promise<Fault> {
    const links = this.links.filter(({ index }) => link === undefined || link === index);
    await Promise.all(links.map((each) => each.refuse()));
    return this.#faults.add({
      onLift: async () => {
        await Promise.all(links.map((each) => each.accept()));
      },
    });
  }

  /** Cuts the connections that stand now; clients may connect again at once. Returns how many there were. */
  cut(scope: FaultScope = {}): number {
    const affected = this.connections.filter((connection) => inScope(scope, connection));
    for (const connection of affected) connection.cut();
    return affected.length;
  }

  /**
   * Makes the session of a client expire truly: ends it at the servers (past the proxy, so that no fault is in the
   * way) and cuts its connection, so that the client learns of it as soon as it connects again. Its ephemeral nodes
   * are gone when this resolves. Until then, which takes milliseconds, the proxy refuses new connections.
   *
   * @throws TestKitError `SESSION_NOT_RESUMED` for a session that was not granted through this proxy or is over,
   *   `ZOOKEEPER_UNREACHABLE` when no server answers within `timeoutMs` (5,000 by default) each
   */
  async expireSession(sessionId: bigint, options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (!session) {
      throw new TestKitError(
        'SESSION_NOT_RESUMED',
        `Session 0x${sessionId.toString(16)} was not granted through this proxy: connect its client to ${this.connectString}`,
      );
    }
    const servers = this.upstreams.map(({ host, port }) => `${host}:${port}`).join(',');
    // Resuming the session elsewhere makes the server close the client's connection. A client that is back before the
    // session is ended would take it over again, so nobody comes back until then.
    const refusal = await this.refuse();
    try {
      this.cut({ where: (connection) => connection.session === undefined });
      await expireSession(servers, sessionId, session.password, options);
      this.cut({ where: (connection) => connection.session?.id === sessionId });
    } finally {
      await refusal.lift();
    }
  }

  /** Lifts all faults and cuts the connections that have lost bytes to one. */
  async passThrough(): Promise<void> {
    await this.#faults.liftAll();
    this.#cutDamaged();
  }

  /** Cuts everything and stops listening; idempotent. */
  close(): Promise<void> {
    for (const link of this.links) link.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Cuts the connections that have lost bytes, save those that another fault is still swallowing. */
  #cutDamaged(): void {
    for (const connection of this.connections) {
      const swallowing =
        this.#faults.swallowing(connection, 'toServer') ?? this.#faults.swallowing(connection, 'toClient');
      if (connection.damaged && !swallowing) connection.cut();
    }
  }

  readonly #liftDamage = (): Promise<void> => {
    this.#cutDamaged();
    return Promise.resolve();
  };

  #drop(
    { nth = 1, times = 1, then = 'cut' }: DropOptions,
    matches: (transit: MessageInTransit) => boolean,
  ): Fault {
    let seen = 0;
    return this.#faults.add({
      verdict: (transit): Verdict | undefined => {
        if (!matches(transit)) return undefined;
        seen++;
        return seen >= nth && seen < nth + times ? { action: 'drop', then } : undefined;
      },
      onLift: this.#liftDamage,
    });
  }
}
