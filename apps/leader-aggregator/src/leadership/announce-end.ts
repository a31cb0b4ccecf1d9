import { setTimeout as delay } from 'node:timers/promises';
import type { TermEndNotice } from '@atalaya/contracts';
import { type RetryPolicy, retryDelayMs } from '@atalaya/coordination';
import { within } from '@atalaya/service-kit';
import type { IngestClient } from '../delivery/ingest-client.js';

/** How long a graceful end waits for the API to hear of it: followers wait just as long for their turn. */
const GRACEFUL_LIMIT_MS = 250;

/** An API that is slower may still hear of it, while the place is given free. */
const NOTICE_LIMIT_MS = 2_000;

const AGAIN: RetryPolicy = { initialDelayMs: 1_000, maxDelayMs: 30_000, factor: 2 };
const MAX_ATTEMPTS = 10;

/**
 * Says to the API how a term ended, for those who watch. A graceful end is said once, before the place is given free. A
 * leader that lost its place was perhaps cut off from the API as well: it goes on trying in the background, until
 * `ending` aborts. Never rejects; what is not said is inferred by the readers.
 */
export async function announceEnd(
  notice: TermEndNotice,
  ingest: Pick<IngestClient, 'noteTermEnd'>,
  ending: AbortSignal,
): Promise<void> {
  if (notice.end === 'graceful') {
    const noted = ingest.noteTermEnd(notice, AbortSignal.timeout(NOTICE_LIMIT_MS));
    await within(GRACEFUL_LIMIT_MS, noted, () => false);
    return;
  }
  void sayUntilHeard(notice, ingest, ending);
}

async function sayUntilHeard(
  notice: TermEndNotice,
  ingest: Pick<IngestClient, 'noteTermEnd'>,
  ending: AbortSignal,
): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS && !ending.aborted; attempt += 1) {
    if (await ingest.noteTermEnd(notice, ending)) return;
    await delay(retryDelayMs(AGAIN, attempt), undefined, { signal: ending }).catch(() => {});
  }
}
