import { Cluster, type Redis } from 'ioredis';

type Listener = () => void;
type Connection = Redis | Cluster;

/** Times of an {@link EventSubscriber}, in ms. */
export interface EventSubscriberTimes {
  /** Between two renewals of all subscriptions. */
  readonly renewalIntervalMs: number;
  /** A connection that leaves a subscription unanswered for longer is taken for dead and opened again. */
  readonly answerTimeoutMs: number;
}

/** An announcement can get lost on a Cluster's bus, and a connection can die without a sign: then pages lag by this. */
const DEFAULT_TIMES: EventSubscriberTimes = { renewalIntervalMs: 15_000, answerTimeoutMs: 5_000 };

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

function retryDelayMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 10), MAX_RETRY_MS);
}

/**
 * One connection that hears of new events, shared by all readers; opened with the first and closed with the last.
 *
 * A listener is called for each announcement, and whenever some may have been missed: once its channel is subscribed to,
 * again after every loss of the connection, when the connection is lost, and at each renewal. A connection that breaks or
 * a subscription that is refused is tried again with growing waits of up to 2 s for as long as there are listeners.
 */
export class EventSubscriber {
  readonly #source: Connection;
  readonly #times: EventSubscriberTimes;
  readonly #listeners = new Map<string, Set<Listener>>();
  #connection: Connection | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(source: Connection, times: Partial<EventSubscriberTimes> = {}) {
    this.#source = source;
    this.#times = { ...DEFAULT_TIMES, ...times };
  }

  /** Calls `listener` for each announcement on a channel until it is disposed of. */
  subscribe(channel: string, listener: Listener): Disposable {
    const connection = (this.#connection ??= this.#open());
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    listeners.add(listener);
    if (listeners.size === 1) void this.#request(connection, [channel]);
    return {
      [Symbol.dispose]: () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        this.#listeners.delete(channel);
        if (this.#listeners.size === 0) this.close();
        else if (this.#connection?.status === 'ready') this.#connection.unsubscribe(channel).catch(() => {});
      },
    };
  }

  /** Closes the connection; the next subscription opens another. */
  close(): void {
    clearInterval(this.#renewal);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.disconnect();
  }

  /** Makes the connection again, where there is one. */
  reconnect(): void {
    if (this.#connection?.status === 'ready') this.#connection.disconnect(true);
  }

  #open(): Connection {
    const connection = duplicateOf(this.#source);
    connection.on('error', () => {}); // It connects again by itself, and is then `ready`.
    connection.on('message', (channel: string) => {
      this.#announce([channel]);
    });
    connection.on('ready', () => {
      this.#failures = 0;
      void this.#request(connection, this.#channels());
    });
    // Those who read learn at once that the store is away.
    connection.on('close', () => {
      this.#announce(this.#channels());
    });
    if (connection.status === 'wait') connection.connect().catch(() => {});
    this.#renewal = setInterval(() => {
      this.#announce(this.#channels());
      void this.#request(connection, this.#channels());
    }, this.#times.renewalIntervalMs).unref();
    return connection;
  }

  /** Subscribes, also to what is subscribed to already; while there is no connection, `ready` will do it. */
  async #request(connection: Connection, channels: readonly string[]): Promise<void> {
    if (connection !== this.#connection || connection.status !== 'ready' || channels.length === 0) return;
    const unanswered = setTimeout(() => {
      connection.disconnect(true);
    }, this.#times.answerTimeoutMs).unref();
    try {
      await connection.subscribe(...channels);
      this.#failures = 0;
      this.#announce(channels);
    } catch {
      this.#requestLater(connection);
    } finally {
      clearTimeout(unanswered);
    }
  }

  #requestLater(connection: Connection): void {
    if (connection !== this.#connection || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#request(connection, this.#channels());
    }, retryDelayMs(this.#failures)).unref();
    this.#failures += 1;
  }

  #channels(): string[] {
    return [...this.#listeners.keys()];
  }

  #announce(channels: readonly string[]): void {
    for (const channel of channels) {
      for (const listener of this.#listeners.get(channel) ?? []) listener();
    }
  }
}

function duplicateOf(source: Connection): Connection {
  // Subscriptions are this class's affair: ioredis makes each again once, whatever becomes of it.
  const options = { autoResubscribe: false, retryStrategy: retryDelayMs };
  return source instanceof Cluster
    ? source.duplicate([], { clusterRetryStrategy: retryDelayMs })
    : source.duplicate(options);
}
