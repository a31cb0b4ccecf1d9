import { setTimeout as delay } from 'node:timers/promises';
import type { LeadershipReport } from '@atalaya/contracts';
import { type RetryPolicy, retryDelayMs } from '@atalaya/coordination';
import { type Logger, OutageReporter } from '@atalaya/service-kit';
import { type UnsignedReport, withoutSensors } from '../aggregation/tick-report.js';
import type { Complaints } from '../complaints/complaints.js';
import type { LeaderMetrics } from '../metrics.js';
import type { DeliveryQueue, UndeliveredTick } from './delivery-queue.js';
import type { IngestClient, SendOutcome } from './ingest-client.js';
import { sign, type Signature } from './signature.js';

/** Waits between attempts while the API is away: soon after a hiccup, and at most 3 s after it is back. */
const UNAVAILABLE: RetryPolicy = { initialDelayMs: 100, maxDelayMs: 3_000, factor: 2 };

/** Nobody sets a wrong setting right within seconds, and the API may lock out who tries too often. */
const MISCONFIGURED: RetryPolicy = { initialDelayMs: 5_000, maxDelayMs: 30_000, factor: 2 };

/** How long a term that is about to end waits before it asks again whether it may still act. */
const NO_LEASE_PAUSE_MS = 50;

export interface DeliveryOptions {
  readonly queue: DeliveryQueue;
  readonly ingest: IngestClient;
  readonly signature: Signature;
  /** Asked for each attempt: what the sender says of its term, for those who watch. */
  readonly leadership?: () => LeadershipReport;
  /** Asked immediately before each attempt: whether no other leader can have taken over. */
  readonly mayAct: () => boolean;
  /** Called with each tick that has left the queue, acknowledged or refused for good. */
  readonly onSettled: (tick: UndeliveredTick) => void;
  /** No attempt begins after this aborts, and waits end. */
  readonly signal: AbortSignal;
  /** The attempt under way is given up when this aborts. */
  readonly abortSend: AbortSignal;
  readonly logger: Logger;
  readonly complaints: Complaints;
  readonly metrics: LeaderMetrics;
}

/**
 * Delivers the ticks of the queue in order, one at a time, for as long as the term lasts. A tick stays in the queue
 * until the API has acknowledged it; while the API is away, overloaded or wrongly configured the oldest is tried again,
 * with growing and jittered waits, or as `Retry-After` says.
 *
 * Resolves with `superseded` when the API has seen a newer leader, else with `ended` when the signal aborts.
 */
export async function deliver(options: DeliveryOptions): Promise<'superseded' | 'ended'> {
  const { queue, ingest, signature, leadership, signal, abortSend, logger, metrics } = options;
  const outage = new OutageReporter({
    logger,
    subject: 'the ingest API',
    refusal: 'cannot store',
    advice: 'ticks are kept and sent when it is back',
  });
  let attempt = 0;
  try {
    for (;;) {
      const tick = await queue.oldest(signal);
      if (!options.mayAct()) {
        await delay(NO_LEASE_PAUSE_MS, undefined, { signal });
        continue;
      }
      const stopTimer = metrics.sendSeconds.startTimer();
      const sender = leadership === undefined ? signature : { ...signature, leadership: leadership() };
      const outcome = await ingest.send(sign(tick.report, sender), abortSend);
      stopTimer({ outcome: outcome.kind });
      if (outcome.kind === 'superseded') return reportSuperseded(tick, outcome.reason, options);
      if (outcome.kind !== 'unavailable') outage.recovered();
      const waitMs = settle(tick, outcome, attempt, outage, options);
      attempt = waitMs === undefined ? 0 : attempt + 1;
      if (waitMs !== undefined) await delay(waitMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) return 'ended';
    throw error;
  }
}

/** Draws the consequences of an answer; the wait before the next attempt, or undefined to go on at once. */
function settle(
  tick: UndeliveredTick,
  outcome: Exclude<SendOutcome, { kind: 'superseded' }>,
  attempt: number,
  outage: OutageReporter,
  { queue, onSettled, logger, complaints, metrics }: DeliveryOptions,
): number | undefined {
  switch (outcome.kind) {
    case 'stored':
    case 'duplicate':
      complaints.clear('refused', 'the ingest API accepts reports again');
      complaints.clear('misconfigured', 'the ingest API accepts reports again');
      complaints.clear('ahead', "the clocks agree with the ingest API's again");
      metrics.ticksSent.inc({ outcome: outcome.kind });
      logger.debug({ tick: tick.timestamp, outcome: outcome.kind }, 'tick delivered');
      break;
    case 'refused':
      complaints.raise(
        'refused',
        `the ingest API refuses the report of tick ${tick.timestamp} (${outcome.reason}): it is dropped; check that ` +
          'GROUP and the clock of this host are right and that both sides are of one version',
      );
      metrics.ticksDropped.inc({ reason: 'refused' });
      break;
    case 'ahead':
      // Read under a clock that was right, it waits until the API's is; under one that was wrong, it never was a tick.
      if (tick.timestamp <= Date.now()) {
        complaints.raise(
          'ahead',
          `the ingest API takes the tick ${tick.timestamp} for one of the future (${outcome.reason}): its store's clock ` +
            'is behind, synchronise it; ticks are kept until then',
        );
        return retryDelayMs(MISCONFIGURED, attempt + 1);
      }
      complaints.raise(
        'refused',
        `the tick ${tick.timestamp} is named by a wrong clock (${outcome.reason}): it is dropped`,
      );
      metrics.ticksDropped.inc({ reason: 'refused' });
      break;
    case 'too-large': {
      const shortened = JSON.stringify(withoutSensors(JSON.parse(tick.report) as UnsignedReport));
      if (shortened.length < tick.report.length) {
        complaints.raise(
          'too-large',
          `the report with the values of all sensors is too large for the ingest API (${outcome.reason}): the mean is ` +
            'sent without them',
        );
        queue.remove(tick);
        queue.add({ ...tick, report: shortened });
        return undefined;
      }
      complaints.raise(
        'refused',
        `the ingest API refuses the smallest report (${outcome.reason}): it is dropped`,
      );
      metrics.ticksDropped.inc({ reason: 'refused' });
      break;
    }
    case 'misconfigured':
      complaints.raise(
        'misconfigured',
        `the ingest API accepts no reports (${outcome.reason}): ${outcome.advice}; ticks are kept until then`,
      );
      return retryDelayMs(MISCONFIGURED, attempt + 1);
    case 'unavailable':
      outage.failed(Object.assign(new Error(outcome.reason), { code: outcome.code }));
      return Math.max(outcome.retryAfterMs ?? 0, retryDelayMs(UNAVAILABLE, attempt + 1));
  }
  queue.remove(tick);
  onSettled(tick);
  return undefined;
}

function reportSuperseded(
  tick: UndeliveredTick,
  reason: string,
  { logger, signature }: DeliveryOptions,
): 'superseded' {
  logger.warn(
    { tick: tick.timestamp, token: signature.token, reason },
    'the ingest API has seen a newer leader of this group (409): this term is over. If this happens again and again, a ' +
      'leader of another election writes to the same GROUP: give each its own',
  );
  return 'superseded';
}
