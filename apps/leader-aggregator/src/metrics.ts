import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a leader candidate counts. */
export interface LeaderMetrics {
  readonly leading: { set(value: 0 | 1): void };
  readonly ticksSent: Counting<'outcome'>;
  readonly ticksSkipped: Counting<'reason'>;
  readonly ticksDropped: Counting<'reason'>;
  readonly ticksHandedOver: Counting<'direction'>;
  readonly sensors: {
    set(labels: Readonly<Record<'state', string>>, value: number): void;
    remove(labels: Readonly<Record<'state', string>>): void;
  };
  readonly readSeconds: { startTimer(): () => void };
  readonly sendSeconds: { startTimer(): (labels: Readonly<Record<'outcome', string>>) => void };
}

/** A counter with one label. */
export interface Counting<Label extends string> {
  inc(labels: Readonly<Record<Label, string>>, by?: number): void;
}

/** What is undelivered. */
export interface Backlog {
  readonly ticks: number;
  readonly bytes: number;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Registers the metrics of a candidate for the leadership of some groups, and returns those of each group, in their order.
 * With several groups each metric has the label `group`; with one it has not.
 *
 * @param backlogs of each group, asked for at each scrape
 */
export function createLeaderMetrics(
  registry: Registry,
  groups: readonly string[],
  backlogs: readonly (() => Backlog)[],
): LeaderMetrics[] {
  const registers = [registry];
  const isOne = groups.length === 1;
  const names = isOne ? [] : ['group'];
  const own = groups.map((group): Record<string, string> => (isOne ? {} : { group }));
  const backlogGauge = (name: string, help: string, part: (backlog: Backlog) => number): void => {
    new Gauge({
      ...{ name, help, labelNames: names, registers },
      collect() {
        backlogs.forEach((backlog, index) => {
          this.set(own[index] ?? {}, part(backlog()));
        });
      },
    });
  };
  backlogGauge(
    'atalaya_undelivered_ticks',
    'Ticks that the ingest API has not acknowledged yet',
    ({ ticks }) => ticks,
  );
  backlogGauge('atalaya_undelivered_bytes', 'Size of the undelivered ticks', ({ bytes }) => bytes);
  const leading = new Gauge({
    ...{ name: 'atalaya_leader', help: '1 while this candidate leads', labelNames: names, registers },
  });
  const counting = <Label extends string>(
    name: string,
    help: string,
    label: Label,
    values: readonly string[],
  ): ((labels: Record<string, string>) => Counting<Label>) => {
    const counter = new Counter({ name, help, labelNames: [...names, label], registers });
    return (mine) => {
      for (const value of values) counter.inc({ ...mine, [label]: value }, 0);
      return {
        inc(labels, by = 1) {
          counter.inc({ ...mine, ...labels }, by);
        },
      };
    };
  };
  const ticksSent = counting(
    'atalaya_ticks_sent_total',
    'Ticks that the ingest API acknowledged: stored, or a duplicate of one that was stored before',
    'outcome',
    ['stored', 'duplicate'],
  );
  const ticksSkipped = counting(
    'atalaya_ticks_skipped_total',
    'Ticks of this leader without a mean: no valid values, not read, missed as the tick before took too long (overload), ' +
      'or missed as the process stood still or its clock was set (standstill), or named by a wrong clock',
    'reason',
    ['no-values', 'read-failed', 'overload', 'standstill', 'wrong-clock'],
  );
  const ticksDropped = counting(
    'atalaya_ticks_dropped_total',
    'Means that were given up: the queue was full, the API refused them, or they could not be handed over',
    'reason',
    ['queue-full', 'refused', 'not-handed-over'],
  );
  const ticksHandedOver = counting(
    'atalaya_ticks_handed_over_total',
    'Undelivered means given to, or taken over from, another leader through ZooKeeper',
    'direction',
    ['given', 'taken'],
  );
  const sensors = new Gauge({
    name: 'atalaya_sensors',
    help: 'Sensors at the last tick, by what became of their values',
    labelNames: [...names, 'state'],
    registers,
  });
  const readSeconds = new Histogram({
    name: 'atalaya_read_duration_seconds',
    help: 'Time to confirm the leadership and to read the values of all sensors',
    labelNames: names,
    buckets: SECONDS,
    registers,
  });
  const sendSeconds = new Histogram({
    name: 'atalaya_send_duration_seconds',
    help: 'Time of one attempt to send a tick to the ingest API',
    labelNames: [...names, 'outcome'],
    buckets: SECONDS,
    registers,
  });
  return own.map((mine) => {
    leading.set(mine, 0);
    return {
      leading: {
        set: (value) => {
          leading.set(mine, value);
        },
      },
      ticksSent: ticksSent(mine),
      ticksSkipped: ticksSkipped(mine),
      ticksDropped: ticksDropped(mine),
      ticksHandedOver: ticksHandedOver(mine),
      sensors: {
        set: (labels, value) => {
          sensors.set({ ...mine, ...labels }, value);
        },
        remove: (labels) => {
          sensors.remove({ ...mine, ...labels });
        },
      },
      readSeconds: { startTimer: () => readSeconds.startTimer(mine) },
      sendSeconds: {
        startTimer() {
          const stop = sendSeconds.startTimer(mine);
          return (labels) => {
            stop(labels);
          };
        },
      },
    };
  });
}
