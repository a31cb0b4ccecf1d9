import { labelledCounter } from '@atalaya/service-kit';
import { type FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The metrics of the app. */
export interface IngestMetrics {
  /** Reports that the store decided on, by outcome: stored, duplicate, stale-token, failed. */
  reports: Counter<'outcome'>;
  /** The newest tick that this process has stored, in seconds since the epoch. */
  newestTick: Gauge;
  streamClients: Gauge;
  /** Stream clients that were cut because they read too slowly. */
  streamClientsCut: Counter;
}

export function createIngestMetrics(registry: Registry): IngestMetrics {
  return {
    reports: labelledCounter(registry, {
      name: 'atalaya_ingest_reports_total',
      help: 'Tick reports that the store decided on, by outcome',
      label: 'outcome',
      values: ['stored', 'duplicate', 'stale-token', 'failed'],
    }),
    newestTick: new Gauge({
      name: 'atalaya_ingest_newest_tick_timestamp_seconds',
      help: 'The newest tick that this process has stored, of any group, in seconds since the epoch; 0 before the first',
      registers: [registry],
    }),
    streamClients: new Gauge({
      name: 'atalaya_ingest_stream_clients',
      help: 'Clients of the event stream',
      registers: [registry],
    }),
    streamClientsCut: new Counter({
      name: 'atalaya_ingest_stream_clients_cut_total',
      help: 'Clients of the event stream that were cut because they read too slowly',
      registers: [registry],
    }),
  };
}

/** Notes ticks that were stored; times in ms. */
export function createTickClock({ newestTick }: Pick<IngestMetrics, 'newestTick'>): (tickMs: number) => void {
  let newestMs = 0;
  return (tickMs) => {
    if (tickMs <= newestMs) return;
    newestMs = tickMs;
    newestTick.set(tickMs / 1_000);
  };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** An answer of this route lasts as long as the client stays. */
    endless?: boolean;
  }
}

/** Measures every request by method, route and status. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const duration = new Histogram({
    name: 'atalaya_ingest_request_duration_seconds',
    help: 'Duration of HTTP requests, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  /** By method, route and status: the search for one costs as much as the rest. */
  const known = new Map<string, Histogram.Internal<string>>();
  app.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.config.endless === true) {
      done();
      return;
    }
    // The pattern of the route and not the path: ids in it would make series without end.
    const route = request.routeOptions.url ?? 'unmatched';
    const key = `${request.method} ${reply.statusCode} ${route}`;
    let own = known.get(key);
    if (own === undefined) {
      own = duration.labels({ method: request.method, route, status: reply.statusCode });
      known.set(key, own);
    }
    own.observe(reply.elapsedTime / 1000);
    done();
  });
}
