import type { Term } from '@atalaya/coordination';
import { summarize } from '../aggregation/mean.js';
import { sortOut, type SortedValues } from '../aggregation/sort-out.js';
import { tickReport } from '../aggregation/tick-report.js';
import { staleAfterMs } from '../config.js';
import type { UndeliveredTick } from '../delivery/delivery-queue.js';
import type { Tick } from '../ticks/tick-clock.js';
import type { CandidateParts } from './candidate-parts.js';
import { withTimeLimit } from './time-limit.js';

/** With ticks shorter than this a slow read is waited for beyond its tick: late values are better than none. */
const MIN_READ_LIMIT_MS = 1_000;

/**
 * Handles one tick of a term: confirms the leadership, reads the values of all sensors at once, and puts their mean into
 * the queue of delivery, behind what earlier leaders handed over. Never rejects because of what it finds; a tick that
 * cannot be read in time is skipped. Resolves with false when the term ended before the tick was handled.
 */
export async function handleTick(
  tick: Tick,
  term: Term,
  parts: CandidateParts,
  signal: AbortSignal,
): Promise<boolean> {
  const { config, queue, complaints, metrics } = parts;
  reportMissed(tick, parts);
  const stopTimer = metrics.readSeconds.startTimer();
  let values: SortedValues;
  try {
    const limitMs = Math.max(config.TICK_INTERVAL_MS, MIN_READ_LIMIT_MS);
    values = await withTimeLimit(limitMs, signal, (limit) => readValues(term, parts, limit));
  } catch (error) {
    if (signal.aborted) return false;
    metrics.ticksSkipped.inc({ reason: 'read-failed' });
    complaints.raise('read', `the sensors under ${config.SENSORS_PATH} cannot be read: ${messageOf(error)}`);
    return true;
  }
  complaints.clear('read', `the sensors under ${config.SENSORS_PATH} can be read again`);
  stopTimer();
  parts.leftOut.update(values);
  metrics.sensors.set({ state: 'counted' }, values.valid.size);
  metrics.sensors.set({ state: 'stale' }, values.stale.length);
  metrics.sensors.set({ state: 'invalid' }, values.invalid.size);

  const summary = summarize(values.valid.values());
  if (summary === undefined) {
    metrics.ticksSkipped.inc({ reason: 'no-values' });
    complaints.raise('values', nothingToSend(config.SENSORS_PATH, values));
    return true;
  }
  complaints.clear('values', `there are values again: of ${summary.count} sensors`);
  const report = JSON.stringify(tickReport(config.GROUP, tick.timestamp, summary, values));
  queue.add({ timestamp: tick.timestamp, report });
  return true;
}

async function readValues(term: Term, parts: CandidateParts, signal: AbortSignal): Promise<SortedValues> {
  const { client, config } = parts;
  const [{ serverTimeMs }, { children }] = await Promise.all([
    term.confirm({ signal }),
    client.readChildren(config.SENSORS_PATH, { signal }),
    takeOver(parts, signal),
  ]);
  checkClock(serverTimeMs, parts);
  return sortOut(children, { serverTimeMs, staleAfterMs: staleAfterMs(config) });
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

function reportMissed({ timestamp, missed }: Tick, { metrics, logger }: CandidateParts): void {
  if (missed === 0) return;
  metrics.ticksSkipped.inc({ reason: 'missed' }, missed);
  logger.warn(
    { tick: timestamp, missed },
    `${missed} ticks before ${timestamp} passed unseen: this process stood still, reading took too long, or the clock ` +
      'was set',
  );
}

/** Ticks are named by this host's clock: where that is wrong, so are the timestamps of all means. */
function checkClock(serverTimeMs: number, { config, complaints }: CandidateParts): void {
  const aheadMs = Math.round(Date.now() - serverTimeMs);
  if (Math.abs(aheadMs) > Math.max(config.TICK_INTERVAL_MS, MIN_READ_LIMIT_MS)) {
    const direction = aheadMs > 0 ? 'ahead of' : 'behind';
    complaints.raise(
      'clock',
      `this host's clock is ${Math.abs(aheadMs)} ms ${direction} ZooKeeper's: ticks are named by it; synchronise both`,
    );
  } else {
    complaints.clear('clock', "this host's clock agrees with ZooKeeper's again");
  }
}

function nothingToSend(path: string, { stale, invalid }: SortedValues): string {
  if (stale.length + invalid.size === 0) return `no sensors under ${path}: nothing to send`;
  return `no valid value under ${path} (${stale.length} stale, ${invalid.size} invalid): nothing to send`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
