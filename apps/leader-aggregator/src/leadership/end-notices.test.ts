import type { TermEndNotice } from '@atalaya/contracts';
import { EndNotices } from './end-notices.js';

const notice = (end: TermEndNotice['end']): TermEndNotice => ({ group: 'g', token: '7', ended: 1_000, end });
const goingOn = (): AbortSignal => new AbortController().signal;

/** An API that hears of an end at the nth attempt, whose answer waits for what is given. */
function api({ hearsAt = 1, answersAfter = Promise.resolve() }) {
  const heard: TermEndNotice[] = [];
  let attempts = 0;
  return {
    heard,
    noteTermEnd: async (said: TermEndNotice): Promise<boolean> => {
      attempts += 1;
      await answersAfter;
      if (attempts < hearsAt) return false;
      heard.push(said);
      return true;
    },
  };
}

test('a graceful end is waited for, though the process ends', async () => {
  const ingest = api({});
  await new EndNotices(ingest).announce(notice('graceful'), AbortSignal.abort());
  expect(ingest.heard).toEqual([notice('graceful')]);
});

test('an API that is slow to hear of a graceful end does not hold the place, and is waited for at the end', async () => {
  let answer = () => {};
  const ingest = api({ hearsAt: 3, answersAfter: new Promise<void>((resolve) => (answer = resolve)) });
  const notices = new EndNotices(ingest);
  await notices.announce(notice('graceful'), AbortSignal.abort());
  expect(ingest.heard).toEqual([]);
  answer();
  await notices.settled();
  expect(ingest.heard).toEqual([notice('graceful')]);
});

test('a lost place is said again until the API hears of it, in the background', async () => {
  const ingest = api({ hearsAt: 2 });
  const notices = new EndNotices(ingest);
  await notices.announce(notice('session-lost'), goingOn());
  expect(ingest.heard).toEqual([]);
  await notices.settled();
  expect(ingest.heard).toEqual([notice('session-lost')]);
});

test('a lost place is not said any more when the process ends', async () => {
  const ending = new AbortController();
  const ingest = api({ hearsAt: 3 });
  const notices = new EndNotices(ingest);
  await notices.announce(notice('session-lost'), ending.signal);
  ending.abort();
  await notices.settled();
  expect(ingest.heard).toEqual([]);
});
