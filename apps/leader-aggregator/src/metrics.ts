import { labelledCounter } from '@atalaya/service-kit';
import { type Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a leader candidate counts. */
export interface LeaderMetrics {
  readonly leading: Gauge;
  readonly ticksSent: Counter<'outcome'>;
  readonly ticksSkipped: Counter<'reason'>;
  readonly ticksDropped: Counter<'reason'>;
  readonly ticksHandedOver: Counter<'direction'>;
  readonly sensors: Gauge<'state'>;
  readonly readSeconds: Histogram;
  readonly sendSeconds: Histogram<'outcome'>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Registers the metrics of a leader candidate; `backlog` is asked for at each scrape. */
export function createLeaderMetrics(
  registry: Registry,
  backlog: () => { ticks: number; bytes: number },
): LeaderMetrics {
  const registers = [registry];
  new Gauge({
    name: 'atalaya_undelivered_ticks',
    help: 'Ticks that the ingest API has not acknowledged yet',
    registers,
    collect() {
      this.set(backlog().ticks);
    },
  });
  new Gauge({
    name: 'atalaya_undelivered_bytes',
    help: 'Size of the undelivered ticks',
    registers,
    collect() {
      this.set(backlog().bytes);
    },
  });
  return {
    leading: new Gauge({ name: 'atalaya_leader', help: '1 while this candidate leads', registers }),
    ticksSent: labelledCounter(registry, {
      name: 'atalaya_ticks_sent_total',
      help: 'Ticks that the ingest API acknowledged: stored, or a duplicate of one that was stored before',
      label: 'outcome',
      values: ['stored', 'duplicate'],
    }),
    ticksSkipped: labelledCounter(registry, {
      name: 'atalaya_ticks_skipped_total',
      help: 'Ticks of this leader without a mean: no valid values, not read, missed as the tick before took too long (overload), or missed as the process stood still or its clock was set (standstill), or named by a wrong clock',
      label: 'reason',
      values: ['no-values', 'read-failed', 'overload', 'standstill', 'wrong-clock'],
    }),
    ticksDropped: labelledCounter(registry, {
      name: 'atalaya_ticks_dropped_total',
      help: 'Means that were given up: the queue was full, the API refused them, or they could not be handed over',
      label: 'reason',
      values: ['queue-full', 'refused', 'not-handed-over'],
    }),
    ticksHandedOver: labelledCounter(registry, {
      name: 'atalaya_ticks_handed_over_total',
      help: 'Undelivered means given to, or taken over from, another leader through ZooKeeper',
      label: 'direction',
      values: ['given', 'taken'],
    }),
    sensors: new Gauge({
      name: 'atalaya_sensors',
      help: 'Sensors at the last tick, by what became of their values',
      labelNames: ['state'],
      registers,
    }),
    readSeconds: new Histogram({
      name: 'atalaya_read_duration_seconds',
      help: 'Time to confirm the leadership and to read the values of all sensors',
      buckets: SECONDS,
      registers,
    }),
    sendSeconds: new Histogram({
      name: 'atalaya_send_duration_seconds',
      help: 'Time of one attempt to send a tick to the ingest API',
      labelNames: ['outcome'],
      buckets: SECONDS,
      registers,
    }),
  };
}
