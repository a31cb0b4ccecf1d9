import { type ServerResponse } from 'node:http';
import { InFlightBound } from '../admission/in-flight-bound.js';
import { type IngestMetrics } from '../operations/ingest-metrics.js';
import { type Store } from '../store/store-port.js';
import { GroupFeed } from './group-feed.js';
import { StreamClient, type StreamClientLimits } from './stream-client.js';

export interface StreamHubOptions {
  maxClients: number;
  /** Clients of one address. */
  maxClientsPerAddress: number;
  /** Time between comments that keep a connection open through proxies, in ms. */
  heartbeatMs: number;
  /** How long a client waits before it connects again, in ms. */
  reconnectMs: number;
  client: StreamClientLimits;
}

export const STREAM_DEFAULTS: StreamHubOptions = {
  maxClients: 1_000,
  maxClientsPerAddress: 750,
  heartbeatMs: 15_000,
  reconnectMs: 2_000,
  client: { maxUnreadBytes: 1024 * 1024, stallTimeoutMs: 30_000 },
};

/** All clients of the event stream of this process: one feed for each group that has any. */
export class StreamHub {
  readonly #store: Pick<Store, 'events' | 'ping'>;
  readonly #options: StreamHubOptions;
  readonly #metrics: Pick<IngestMetrics, 'streamClients' | 'streamClientsCut'>;
  readonly #feeds = new Map<string, GroupFeed>();
  readonly #clients = new Set<StreamClient>();
  readonly #places: InFlightBound;
  readonly #heartbeat: NodeJS.Timeout;
  #closed = false;

  constructor(
    store: Pick<Store, 'events' | 'ping'>,
    metrics: Pick<IngestMetrics, 'streamClients' | 'streamClientsCut'>,
    options: StreamHubOptions = STREAM_DEFAULTS,
  ) {
    this.#store = store;
    this.#metrics = metrics;
    this.#options = options;
    this.#places = new InFlightBound({
      maxRequests: options.maxClients,
      maxPerClient: options.maxClientsPerAddress,
    });
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients) client.heartbeat();
    }, options.heartbeatMs).unref();
  }

  /** Takes a place for a client at an address; what is returned gives it back. Undefined where there is none. */
  tryEnter(address: string): (() => void) | undefined {
    return this.#closed ? undefined : this.#places.tryEnter(address);
  }

  /** Streams a group's events into an answer until the client, which has a place, goes or the hub is closed. */
  connect(
    response: ServerResponse,
    headers: Readonly<Record<string, string | number | string[] | undefined>>,
    group: string,
    afterId: string | undefined,
  ): void {
    const client = new StreamClient(response, this.#options.client, () => {
      this.#metrics.streamClientsCut.inc();
    });
    this.#clients.add(client);
    this.#metrics.streamClients.set(this.#clients.size);
    client.open(headers, this.#options.reconnectMs);
    const feed = this.#feeds.get(group) ?? new GroupFeed(this.#store, group);
    this.#feeds.set(group, feed);
    const leave = feed.join(client, afterId);
    response.once('close', () => {
      this.#clients.delete(client);
      this.#metrics.streamClients.set(this.#clients.size);
      leave();
      if (feed.isEmpty) {
        feed.close();
        if (this.#feeds.get(group) === feed) this.#feeds.delete(group);
      }
    });
  }

  /** Ends all streams and takes no more. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
    for (const client of this.#clients) client.end();
  }
}
