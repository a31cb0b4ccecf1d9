import { Cluster, type Redis } from 'ioredis';

type Listener = () => void;

/**
 * One connection that is told of new events, shared by all readers; opened with the first and closed with the last. A
 * connection that comes back tells every listener, since announcements were missed meanwhile.
 */
export class EventSubscriber {
  readonly #source: Redis | Cluster;
  readonly #listeners = new Map<string, Set<Listener>>();
  #connection: Redis | Cluster | undefined;

  constructor(source: Redis | Cluster) {
    this.#source = source;
  }

  /** Calls `listener` for each announcement on a channel until it is disposed of. */
  subscribe(channel: string, listener: Listener): Disposable {
    const connection = (this.#connection ??= this.#open());
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    if (listeners.size === 0) void connection.subscribe(channel).then(this.#tellAll, () => {});
    listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        this.#listeners.delete(channel);
        if (this.#listeners.size === 0) this.close();
        else this.#connection?.unsubscribe(channel).catch(() => {});
      },
    };
  }

  /** Closes the connection; the next subscription opens another. */
  close(): void {
    this.#connection?.disconnect();
    this.#connection = undefined;
  }

  #open(): Redis | Cluster {
    const connection = duplicateOf(this.#source);
    connection.on('error', () => {}); // It connects again by itself, and then tells all.
    connection.on('message', (channel: string) => {
      for (const listener of this.#listeners.get(channel) ?? []) listener();
    });
    connection.on('ready', this.#tellAll);
    return connection;
  }

  readonly #tellAll = (): void => {
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) listener();
    }
  };
}

function duplicateOf(source: Redis | Cluster): Redis | Cluster {
  return source instanceof Cluster ? source.duplicate() : source.duplicate();
}
