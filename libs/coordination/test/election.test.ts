import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import { TermEndedError, type Term } from '../src/index.js';
import { TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

/** Work that lasts as long as its term. */
const untilTheEnd = (terms: Term[]) => async (term: Term) => {
  terms.push(term);
  await new Promise((resolve) => {
    term.signal.addEventListener('abort', resolve);
  });
};

test('one candidate leads; after its graceful end the next one does at once, with a larger token', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const [first, second] = await Promise.all([clients.connect(), clients.connect()]);
  const terms: Term[] = [];
  const stopFirst = new AbortController();
  const stopSecond = new AbortController();
  const firstRun = first
    .election('/election', { id: 'a' })
    .run(untilTheEnd(terms), { signal: stopFirst.signal });
  await waitFor(() => terms.length === 1);
  const secondRun = second
    .election('/election', { id: 'b' })
    .run(untilTheEnd(terms), { signal: stopSecond.signal });
  await waitFor(async () => (await second.children('/election')).length === 2);

  const term = terms[0]!;
  expect(term.id).toBe('a');
  expect(term.remainingMs()).toBeGreaterThan(0);
  const { serverTimeMs } = await term.confirm();
  expect(Math.abs(serverTimeMs - Date.now())).toBeLessThan(60_000);
  const [leader] = await first.election('/election', { id: 'a' }).contenders();
  expect(leader).toMatchObject({ id: 'a', token: term.token });

  const abortedAt = performance.now();
  stopFirst.abort();
  await firstRun;
  expect(term.signal.reason).toBeInstanceOf(TermEndedError);
  expect(term.signal.reason).toMatchObject({ code: 'TERM_ENDED', reason: 'aborted' });
  await waitFor(() => terms.length === 2);
  expect(performance.now() - abortedAt).toBeLessThan(2_000);
  expect(terms[1]!.id).toBe('b');
  expect(terms[1]!.token).toBeGreaterThan(term.token);
  stopSecond.abort();
  await secondRun;
  expect(await second.children('/election')).toEqual([]);
});
