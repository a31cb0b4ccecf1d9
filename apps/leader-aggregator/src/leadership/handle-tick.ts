import { MAX_REPORT_SENSORS } from '@atalaya/contracts';
import type { Term } from '@atalaya/coordination';
import { messageOf } from '@atalaya/service-kit';
import { summarize } from '../aggregation/mean.js';
import { sortOut, type SortedValues } from '../aggregation/sort-out.js';
import { namesTooMany, tickReport, type UnsignedReport, withoutSensors } from '../aggregation/tick-report.js';
import { staleAfterMs } from '../config.js';
import type { UndeliveredTick } from '../delivery/delivery-queue.js';
import { maxClockErrorMs, startComparison } from '../ticks/clock-comparison.js';
import type { Tick } from '../ticks/tick-clock.js';
import type { CandidateParts } from './candidate-parts.js';

/** Ticks that a message names at most. */
const NAMED_TICKS = 10;

/** What became of a tick. */
export type TickOutcome =
  | 'handled'
  /** The term ended before. */
  | 'ended'
  /** By ZooKeeper's clock this host's is wrong, and with it the name of the tick. */
  | 'wrong-clock';

/**
 * Handles one tick of a term: confirms the leadership, reads the values of all sensors at once, and puts their mean into
 * the queue of delivery, behind what earlier leaders handed over. Never rejects because of what it finds. A read that takes
 * longer than the tick is finished: begun anew it would take as long again, and no tick would ever be made. A tick that a
 * wrong clock has named is not sent.
 */
export async function handleTick(
  tick: Tick,
  term: Term,
  parts: CandidateParts,
  signal: AbortSignal,
): Promise<TickOutcome> {
  const { config, queue, complaints, metrics } = parts;
  const stopTimer = metrics.readSeconds.startTimer();
  let values: SortedValues | 'wrong-clock';
  try {
    values = await readValues(tick, term, parts, signal);
  } catch (error) {
    if (signal.aborted) return 'ended';
    reportMissed(tick, parts);
    metrics.ticksSkipped.inc({ reason: 'read-failed' });
    complaints.raise('read', `the sensors under ${config.SENSORS_PATH} cannot be read: ${messageOf(error)}`);
    return 'handled';
  }
  complaints.clear('read', `the sensors under ${config.SENSORS_PATH} can be read again`);
  stopTimer();
  if (values === 'wrong-clock') return values;
  reportMissed(tick, parts);
  parts.leftOut.update(values);
  metrics.sensors.set({ state: 'counted' }, values.valid.size);
  metrics.sensors.set({ state: 'stale' }, values.stale.length);
  metrics.sensors.set({ state: 'invalid' }, values.invalid.size);

  const summary = summarize(values.valid.values());
  if (summary === undefined) {
    metrics.ticksSkipped.inc({ reason: 'no-values' });
    complaints.raise('values', nothingToSend(config.SENSORS_PATH, values));
    return 'handled';
  }
  complaints.clear('values', `there are values again: of ${summary.count} sensors`);
  const report = withinBounds(tickReport(config.GROUP, tick.timestamp, summary, values), parts);
  queue.add({ timestamp: tick.timestamp, report: JSON.stringify(report) });
  return 'handled';
}

/** The mean is of all sensors, however many; their values are sent only as far as the API takes them. */
function withinBounds(report: UnsignedReport, { config, complaints }: CandidateParts): UnsignedReport {
  if (!namesTooMany(report)) {
    complaints.clear('too-many', 'the values of all sensors are sent again');
    return report;
  }
  complaints.raise(
    'too-many',
    `there are more than ${MAX_REPORT_SENSORS} sensors under ${config.SENSORS_PATH}: only their mean is sent; divide them ` +
      'into groups',
  );
  return withoutSensors(report);
}

async function readValues(
  tick: Tick,
  term: Term,
  parts: CandidateParts,
  signal: AbortSignal,
): Promise<SortedValues | 'wrong-clock'> {
  const { client, config } = parts;
  const [serverTimeMs, { children }] = await Promise.all([
    confirm(tick, term, parts, signal),
    client.readChildren(config.SENSORS_PATH, { signal }),
    takeOver(parts, signal),
  ]);
  if (serverTimeMs === 'wrong-clock') return serverTimeMs;
  return await sortOut(children, { serverTimeMs, staleAfterMs: staleAfterMs(config) });
}

/** Confirms the leadership and compares the clocks; ZooKeeper's time. */
async function confirm(
  tick: Tick,
  term: Term,
  parts: CandidateParts,
  signal: AbortSignal,
): Promise<number | 'wrong-clock'> {
  const clock = startComparison();
  const { serverTimeMs } = await term.confirm({ signal });
  return checkClock(clock.compare(serverTimeMs, tick.timestamp), parts) ? serverTimeMs : 'wrong-clock';
}

/** Queues what earlier leaders handed over; where that fails the next tick is another attempt. */
async function takeOver(parts: CandidateParts, signal: AbortSignal): Promise<void> {
  const { queue, handOver, complaints, metrics, logger } = parts;
  let taken: UndeliveredTick[];
  try {
    taken = await handOver.take((znode) => queue.hasHandedOver(znode), signal);
  } catch (error) {
    if (!signal.aborted)
      complaints.raise('take-over', `cannot look for handed-over ticks: ${messageOf(error)}`);
    return;
  }
  complaints.clear('take-over', 'handed-over ticks can be looked for again');
  for (const tick of taken) {
    if (!queue.add(tick)) await handOver.discard(tick.handedOverIn ?? '', signal).catch(() => {});
  }
  if (taken.length === 0) return;
  metrics.ticksHandedOver.inc({ direction: 'taken' }, taken.length);
  logger.info(
    { ticks: taken.length },
    `delivering ${taken.length} ticks that an earlier leader could not deliver`,
  );
}

function reportMissed(
  { timestamp, missed, missedBecause }: Tick,
  { config, metrics, complaints, logger }: CandidateParts,
): void {
  if (missed === 0) {
    complaints.clear('overload', 'every tick is read within its interval again');
    return;
  }
  metrics.ticksSkipped.inc({ reason: missedBecause }, missed);
  const first = timestamp - missed * config.TICK_INTERVAL_MS;
  const named = Array.from({ length: Math.min(missed, NAMED_TICKS) }, (_, index) =>
    String(first + index * config.TICK_INTERVAL_MS),
  );
  const ticks = `${named.join(', ')}${missed > named.length ? ', …' : ''}`;
  if (missedBecause === 'overload') {
    complaints.raise(
      'overload',
      `ticks that could not be made (${missed}): ${ticks}: reading the sensors takes longer than ` +
        `${config.TICK_INTERVAL_MS} ms; divide them into groups, or give the servers more room`,
    );
    return;
  }
  logger.warn(
    { tick: timestamp, missed },
    `ticks that could not be made (${missed}): ${ticks}: this process stood still, or its clock was set`,
  );
}

/** Ticks are named by this host's clock: where that is wrong, so are they. True where it is right. */
function checkClock(errorMs: number, { config, complaints }: CandidateParts): boolean {
  if (Math.abs(errorMs) > maxClockErrorMs(config.TICK_INTERVAL_MS)) {
    const direction = errorMs > 0 ? 'ahead of' : 'behind';
    complaints.raise(
      'clock',
      `this host's clock is ${Math.abs(errorMs)} ms ${direction} ZooKeeper's: ticks are named by it, and none is sent ` +
        'until it is right; synchronise both',
    );
    return false;
  }
  complaints.clear('clock', "this host's clock agrees with ZooKeeper's again");
  return true;
}

function nothingToSend(path: string, { stale, invalid }: SortedValues): string {
  if (stale.length + invalid.size === 0) return `no sensors under ${path}: nothing to send`;
  return `no valid value under ${path} (${stale.length} stale, ${invalid.size} invalid): nothing to send`;
}
