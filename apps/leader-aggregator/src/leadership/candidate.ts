import { setTimeout as delay } from 'node:timers/promises';
import { type RetryPolicy, retryDelayMs } from '@atalaya/coordination';
import { messageOf } from '@atalaya/service-kit';
import type { CandidateParts } from './candidate-parts.js';
import { lead } from './lead.js';
import { handOverLeftovers } from './leftovers.js';

/** Waits before the next candidacy when the API refused this leader's token, its clock is wrong, or the election failed. */
const STAND_BACK: RetryPolicy = { initialDelayMs: 1_000, maxDelayMs: 30_000, factor: 2 };

/** A term that went well for as long makes earlier failures forgotten, in ms. */
const GOOD_TERM_MS = 60_000;

/** How long the end of the process waits for the undelivered ticks to be handed over, in ms. */
const HAND_OVER_LIMIT_MS = 3_000;

/**
 * Takes part in the election until `ending` aborts: leads when elected, stands back for a while when the API has seen a
 * newer leader or this host's clock is wrong, and hands over what it could not deliver. Resolves when the leadership is given up.
 */
export async function runCandidate(parts: CandidateParts, ending: AbortSignal): Promise<void> {
  const { client, config, complaints } = parts;
  const election = client.election(config.ELECTION_PATH, { id: config.INSTANCE_ID });
  let failures = 0;
  let following = new AbortController();
  const ended = (): boolean => ending.aborted;
  while (!ended()) {
    const standBack = new AbortController();
    const begun = performance.now();
    try {
      await election.run(
        async (term) => {
          following.abort();
          complaints.clear('election', `the election under ${config.ELECTION_PATH} works again`);
          const outcome = await lead(term, election, parts, ending);
          complaints.clear('refused', 'the term whose report the ingest API refused is over');
          if (outcome === 'superseded' || outcome === 'wrong-clock') standBack.abort();
          following = new AbortController();
          if (!ending.aborted) void handOverLeftovers(parts, AbortSignal.any([following.signal, ending]));
        },
        { signal: AbortSignal.any([ending, standBack.signal]) },
      );
    } catch (error) {
      if (ended() || client.state === 'closed') break;
      complaints.raise(
        'election',
        `cannot take part in the election under ${config.ELECTION_PATH}: ${messageOf(error)}`,
      );
    }
    if (ended()) break;
    failures = performance.now() - begun > GOOD_TERM_MS ? 1 : failures + 1;
    await delay(retryDelayMs(STAND_BACK, failures), undefined, { signal: ending }).catch(() => {});
  }
  following.abort();
}

/**
 * The last act of a process: hands over what it could not deliver, within 3 s, and says what is lost. Called when the
 * leadership is given up, so that the next leader does not wait for it.
 */
export async function handOverAtEnd(parts: CandidateParts): Promise<void> {
  await handOverLeftovers(parts, AbortSignal.timeout(HAND_OVER_LIMIT_MS));
  const lost = parts.queue.drain().length;
  if (lost === 0) return;
  parts.metrics.ticksDropped.inc({ reason: 'not-handed-over' }, lost);
  parts.logger.error({ ticks: lost }, `${lost} undelivered ticks could not be handed over and are lost`);
}
