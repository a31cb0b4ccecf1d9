import type { TermEndNotice } from '@atalaya/contracts';
import { announceEnd } from './announce-end.js';

const notice = (end: TermEndNotice['end']): TermEndNotice => ({ group: 'g', token: '7', ended: 1_000, end });

/** An API that hears of an end at the nth attempt. */
function api(hearsAt: number) {
  const heard: TermEndNotice[] = [];
  let attempts = 0;
  let done = () => {};
  const settled = new Promise<void>((resolve) => (done = resolve));
  return {
    heard,
    settled,
    attempts: () => attempts,
    noteTermEnd: (said: TermEndNotice): Promise<boolean> => {
      attempts += 1;
      if (attempts < hearsAt) return Promise.resolve(false);
      heard.push(said);
      done();
      return Promise.resolve(true);
    },
  };
}

test('a graceful end is said once, and waited for', async () => {
  const ingest = api(1);
  await announceEnd(notice('graceful'), ingest, AbortSignal.abort());
  expect(ingest.heard).toEqual([notice('graceful')]);
  const deaf = api(2);
  await announceEnd(notice('graceful'), deaf, AbortSignal.abort());
  expect(deaf.attempts()).toBe(1);
});

test('a lost place is said again until the API hears of it, in the background', async () => {
  const ingest = api(2);
  await announceEnd(notice('session-lost'), ingest, new AbortController().signal);
  await ingest.settled;
  expect(ingest.heard).toEqual([notice('session-lost')]);
});
