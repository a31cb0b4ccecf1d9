import { setTimeout as delay } from 'node:timers/promises';
import { type Election, ensembleId, type Term } from '@atalaya/coordination';
import { messageOf } from '@atalaya/service-kit';
import { ensemblePath } from '../config.js';
import { deliver } from '../delivery/deliver.js';
import type { UndeliveredTick } from '../delivery/delivery-queue.js';
import { ticks } from '../ticks/tick-clock.js';
import type { CandidateParts } from './candidate-parts.js';
import { handleTick } from './handle-tick.js';
import { TermAccount } from './term-account.js';

/** How long a graceful end waits for the send under way: followers wait just as long for their turn. */
const FINISH_SEND_MS = 250;

/** How the work of a term ended. */
export type LeadOutcome = 'superseded' | 'wrong-clock' | 'given-away' | 'ended';

/** While the clock is wrong it is looked at this often, however long the tick. */
const MAX_CLOCK_PAUSE_MS = 1_000;

/**
 * The work of one term: sends the mean of the current tick at once and of each further tick as it begins. Reading and
 * ticking never wait for the delivery.
 *
 * Settles soon after the term is over: the send under way is aborted, or, when the process is `ending`, given 250 ms.
 * The API hears how the term ended; a graceful end waits up to 250 ms for that.
 * Resolves with `superseded` when the API has seen a newer leader, and with `wrong-clock` when this host's clock is wrong
 * and there is another candidate, whose may be right; the caller then gives the leadership up. With `given-away` it has
 * passed to a candidate that leads fewer groups.
 */
export async function lead(
  term: Term,
  election: Election,
  parts: CandidateParts,
  ending: AbortSignal,
): Promise<LeadOutcome> {
  const { config, client, logger, metrics } = parts;
  const account = new TermAccount(term, election, config.TICK_INTERVAL_MS);
  const signature = {
    token: term.token.toString(),
    ensemble: await ensembleId(client, ensemblePath(config), { signal: term.signal }),
    leader: config.INSTANCE_ID,
  };
  logger.debug({ token: signature.token, ensemble: signature.ensemble }, `${config.INSTANCE_ID} leads`);
  metrics.leading.set(1);
  const deliveryOver = new AbortController();
  const work = AbortSignal.any([term.signal, deliveryOver.signal]);
  const send = new AbortController();
  const stopSending = abortSendAfterTerm(term.signal, ending, send);

  const delivery = deliver({
    ...parts,
    signature,
    leadership: () => account.report(),
    signal: work,
    abortSend: send.signal,
    mayAct: () => term.remainingMs() > 0,
    onSettled: (tick) => {
      void discard(tick, parts, term.signal);
    },
  });
  // A term that cannot deliver is of no use to anyone.
  const delivered = delivery.finally(() => {
    deliveryOver.abort(new Error('the delivery has ended'));
  });
  // Awaited below; a rejection in the meantime must not count as unhandled.
  delivered.catch(() => {});
  let outcome: LeadOutcome = 'ended';
  let wrongTick: number | undefined;
  try {
    for await (const tick of ticks({
      intervalMs: config.TICK_INTERVAL_MS,
      handled: parts.handled,
      signal: work,
    })) {
      void account.refresh(work);
      const handled = await handleTick(tick, term, parts, work);
      // Elected again within the tick, this candidate is to send it then; and one of the future when its time comes.
      if (handled !== 'handled') parts.handled.release(tick.timestamp);
      if (handled === 'handled' && (await giveAway(term, election, parts, deliveryOver, delivered))) {
        outcome = 'given-away';
        return outcome;
      }
      if (handled !== 'wrong-clock') continue;
      if (tick.timestamp !== wrongTick) metrics.ticksSkipped.inc({ reason: 'wrong-clock' });
      wrongTick = tick.timestamp;
      if (await othersStand(election, work)) {
        deliveryOver.abort(new Error('the term is given up'));
        await delivered;
        outcome = 'wrong-clock';
        return outcome;
      }
      await delay(Math.min(config.TICK_INTERVAL_MS, MAX_CLOCK_PAUSE_MS), undefined, { signal: work }).catch(
        () => {},
      );
    }
    outcome = await delivered;
    return outcome;
  } finally {
    stopSending();
    metrics.leading.set(0);
    for (const state of ['counted', 'stale', 'invalid']) metrics.sensors.remove({ state });
    logger.debug(
      { token: signature.token, reason: messageOf(work.reason) },
      `${config.INSTANCE_ID} leads no more`,
    );
    const isGivenUp = ending.aborted || outcome === 'wrong-clock' || outcome === 'given-away';
    const end = isGivenUp ? 'graceful' : outcome === 'superseded' ? outcome : 'session-lost';
    const { token, ensemble } = signature;
    await parts.endNotices.announce({ group: config.GROUP, token, ensemble, ended: Date.now(), end }, ending);
  }
}

function abortSendAfterTerm(term: AbortSignal, ending: AbortSignal, send: AbortController): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onTermEnd = (): void => {
    const abort = (): void => {
      send.abort(term.reason);
    };
    if (ending.aborted) timer = setTimeout(abort, FINISH_SEND_MS);
    else abort();
  };
  if (term.aborted) onTermEnd();
  else term.addEventListener('abort', onTermEnd, { once: true });
  return () => {
    clearTimeout(timer);
    term.removeEventListener('abort', onTermEnd);
  };
}

/**
 * Passes the leadership on where another candidate leads fewer groups: after a tick is read, and when its report and
 * those before it are sent, so that nothing is left to hand over.
 */
async function giveAway(
  term: Term,
  election: Election,
  { spread, group, queue, logger, config }: CandidateParts,
  deliveryOver: AbortController,
  delivered: Promise<unknown>,
): Promise<boolean> {
  if (spread === undefined) return false;
  const { signal } = term;
  const pass = async (successor: string): Promise<boolean> => {
    if (!(await queue.drained(signal, config.TICK_INTERVAL_MS / 4))) return false;
    try {
      await election.handOver(successor, { signal });
    } catch (error) {
      if (!signal.aborted) logger.debug({ err: error, successor }, 'the leadership could not be passed on');
      return false;
    }
    logger.info(
      { group: config.GROUP, successor },
      `the leadership of ${config.GROUP} is passed on to ${successor}, which leads fewer groups`,
    );
    return true;
  };
  if (!(await spread.step(group, pass, { signal }))) return false;
  deliveryOver.abort(new Error('the leadership is passed on'));
  await delivered;
  return true;
}

/** Whether other candidates wait for their turn. */
async function othersStand(election: Pick<Election, 'contenders'>, signal: AbortSignal): Promise<boolean> {
  try {
    return (await election.contenders({ signal })).length > 1;
  } catch {
    return false; // The next tick asks again.
  }
}

/** The znode that a delivered tick was handed over in is not needed any more; left behind, it is delivered once more. */
async function discard(
  tick: UndeliveredTick,
  { handOver }: CandidateParts,
  signal: AbortSignal,
): Promise<void> {
  if (tick.handedOverIn === undefined) return;
  await handOver.discard(tick.handedOverIn, signal).catch(() => {});
}
