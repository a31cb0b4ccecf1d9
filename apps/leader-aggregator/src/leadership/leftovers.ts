import { setTimeout as delay } from 'node:timers/promises';
import type { UndeliveredTick } from '../delivery/delivery-queue.js';
import type { CandidateParts } from './candidate-parts.js';

/** Wait between two attempts to hand over, in ms. */
const RETRY_MS = 2_000;

/**
 * Hands the undelivered ticks over to the next leader, as often as it takes until they are or `signal` aborts (because
 * this candidate leads again, and delivers them itself, or ends). What could not be handed over is in the queue again.
 */
export async function handOverLeftovers(parts: CandidateParts, signal: AbortSignal): Promise<void> {
  while (parts.queue.size > 0 && !signal.aborted) {
    await handOverOnce(parts, signal);
    if (parts.queue.size > 0) await delay(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

async function handOverOnce(
  { queue, handOver, logger, metrics }: CandidateParts,
  signal: AbortSignal,
): Promise<void> {
  // What came from an earlier leader's znode is still there.
  const ticks = queue.drain().filter((tick) => tick.handedOverIn === undefined);
  let left: readonly UndeliveredTick[] = ticks;
  try {
    left = await handOver.give(ticks, signal);
  } catch (error) {
    if (!signal.aborted) logger.debug({ err: error }, 'undelivered ticks could not be handed over');
  }
  for (const tick of left) queue.add(tick);
  const given = ticks.length - left.length;
  if (given === 0) return;
  metrics.ticksHandedOver.inc({ direction: 'given' }, given);
  logger.info({ ticks: given }, `${given} undelivered ticks are handed over to the next leader`);
}
