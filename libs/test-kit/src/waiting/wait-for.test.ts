import { waitFor } from './wait-for.js';

test('resolves with the first truthy value', async () => {
  let looks = 0;
  const value = await waitFor(() => (++looks === 3 ? 'found' : ''), { intervalMs: 1 });
  expect(value).toBe('found');
  expect(looks).toBe(3);
});

test('takes a condition that throws as not met yet', async () => {
  let looks = 0;
  const condition = (): Promise<boolean> =>
    ++looks < 3 ? Promise.reject(new Error('not there')) : Promise.resolve(true);
  await expect(waitFor(condition, { intervalMs: 1 })).resolves.toBe(true);
});

test('says what it waited for and what it saw last', async () => {
  await expect(
    waitFor(() => 0, { timeoutMs: 20, intervalMs: 1, describe: 'a leader' }),
  ).rejects.toMatchObject({
    code: 'CONDITION_NOT_MET',
    message: 'Waited 20 ms for a leader; last seen: 0',
  });
});

test('describes the last value by a function', async () => {
  const describe = (last: number | undefined): string => `${last ?? 'nothing'} to become 1`;
  await expect(waitFor(() => 0, { timeoutMs: 5, describe })).rejects.toThrow('Waited 5 ms for 0 to become 1');
});

test('gives the error of the last look as cause', async () => {
  const cause = new Error('not there');
  const wait = waitFor(() => Promise.reject(cause), { timeoutMs: 5, intervalMs: 1 });
  await expect(wait).rejects.toMatchObject({
    cause,
    message: 'Waited 5 ms for the condition; the last look threw: not there',
  });
});

test('looks once more at the deadline, so that a blocked event loop fails no test', async () => {
  let looks = 0;
  const condition = (): boolean => {
    looks++;
    const until = performance.now() + 30;
    while (looks === 1 && performance.now() < until);
    return looks === 2;
  };
  await expect(waitFor(condition, { timeoutMs: 10 })).resolves.toBe(true);
});

test('ends at once when its signal aborts', async () => {
  const abort = new AbortController();
  const wait = waitFor(() => false, { timeoutMs: 60_000, intervalMs: 60_000, signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(wait).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } });
});

test('gives up on a condition that does not settle', async () => {
  const wait = waitFor(() => new Promise<boolean>(() => {}), { timeoutMs: 20 });
  await expect(wait).rejects.toMatchObject({
    code: 'CONDITION_NOT_MET',
    message: expect.stringContaining('the last look threw: it did not settle within') as unknown,
  });
});

test('ends at once when its signal aborts during a look', async () => {
  const abort = new AbortController();
  const wait = waitFor(() => new Promise<boolean>(() => {}), { timeoutMs: 60_000, signal: abort.signal });
  abort.abort();
  await expect(wait).rejects.toMatchObject({ code: 'ABORTED' });
});
