import { ReadQueue } from './read-queue.js';

const LIMITS = { maxRunning: 2, maxPerClient: 3, maxTotal: 5 };

/** Enters reads under names, and keeps which have begun. */
function queueOf(limits = LIMITS) {
  const queue = new ReadQueue(limits);
  const begun: string[] = [];
  return {
    queue,
    begun,
    enter: (client: string, name: string) => queue.enter(client, () => begun.push(name)),
  };
}

test('reads beyond those that run wait for one to end, in the order in which they came', () => {
  const { begun, enter } = queueOf();
  const first = enter('a', 'a1');
  enter('a', 'a2');
  enter('a', 'a3');
  expect(begun).toEqual(['a1', 'a2']);
  first?.leave();
  first?.leave();
  expect(begun).toEqual(['a1', 'a2', 'a3']);
});

test('a client has so many reads at most, and all clients together', () => {
  const { queue, enter } = queueOf();
  const leave = ['1', '2', '3'].map((name) => enter('a', name));
  expect(enter('a', '4')).toBeUndefined();
  expect([enter('b', '5'), enter('c', '6')]).not.toContain(undefined);
  expect(enter('d', '7')).toBeUndefined();
  for (const each of leave) each?.leave();
  expect(queue.size).toBe(2);
  expect(enter('d', '7')).toBeDefined();
});

test('clients take turns: one that asks for much does not hold up another', () => {
  const { begun, enter } = queueOf({ maxRunning: 1, maxPerClient: 10, maxTotal: 10 });
  const leave = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1'].map((name) => enter(name.slice(0, 1), name));
  for (const each of leave.slice(0, 1)) each?.leave();
  leave[1]?.leave();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  leave[4]?.leave();
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1']);
});

test('one that goes away while it waits is never begun, and leaves nothing behind', () => {
  const { queue, begun, enter } = queueOf({ maxRunning: 1, maxPerClient: 10, maxTotal: 10 });
  const first = enter('a', 'a1');
  const gone = enter('b', 'b1');
  gone?.leave();
  enter('c', 'c1');
  first?.leave();
  expect(begun).toEqual(['a1', 'c1']);
  expect(queue.size).toBe(1);
});

test('an answer that its client does not take holds up no other client, and counts for its own', () => {
  const { begun, enter } = queueOf({ maxRunning: 1, maxPerClient: 1, maxTotal: 10 });
  const slow = enter('a', 'a1');
  slow?.answered();
  slow?.answered();
  enter('b', 'b1');
  enter('c', 'c1');
  expect(begun).toEqual(['a1', 'b1']);
  expect(enter('a', 'a2')).toBeUndefined();
  slow?.leave();
  expect(enter('a', 'a2')).toBeDefined();
  expect(begun).toEqual(['a1', 'b1']);
});

test('an answer in parts waits for a turn for each, behind the reads of others', async () => {
  const { begun, enter } = queueOf({ maxRunning: 1, maxPerClient: 10, maxTotal: 10 });
  const place = enter('a', 'a1');
  const other = enter('b', 'b1');
  place?.answered();
  expect(begun).toEqual(['a1', 'b1']);
  const turn = place?.again().then((isOwn) => begun.push(`a1 again: ${isOwn}`));
  expect(begun).toHaveLength(2);
  other?.leave();
  await turn;
  expect(begun.at(-1)).toBe('a1 again: true');
});

test('who leaves while he waits for another turn is not given it', async () => {
  const { queue, enter } = queueOf({ maxRunning: 1, maxPerClient: 10, maxTotal: 10 });
  const place = enter('a', 'a1');
  place?.answered();
  const other = enter('b', 'b1');
  const turn = place?.again();
  place?.leave();
  expect(await turn).toBe(false);
  expect(await place?.again()).toBe(false);
  other?.leave();
  expect([queue.size, queue.running]).toEqual([0, 0]);
});
