import { DeliveryQueue, type DeliveryQueueOptions } from './delivery-queue.js';

/** A queue of answers of which few are under way. */
function queueOf(options: Partial<DeliveryQueueOptions> = {}): DeliveryQueue {
  return new DeliveryQueue({ onSliceStart: () => {}, expected: () => 1, ...options });
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('trap: nothing is delivered in the turn of the native callback, promise continuations included', async () => {
  const queue = queueOf();
  const delivered: string[] = [];
  queue.push(() => delivered.push('event'));
  expect(delivered).toEqual([]);
  await Promise.resolve();
  expect(delivered).toEqual([]);
  await nextTurn();
  expect(delivered).toEqual(['event']);
});

test('what is pushed is delivered in its order, also what is pushed during a delivery', async () => {
  const queue = queueOf();
  const delivered: number[] = [];
  for (const number of [1, 2, 3]) {
    queue.push(() => {
      delivered.push(number);
      queue.push(() => delivered.push(number * 10));
    });
  }
  await nextTurn();
  await nextTurn();
  expect(delivered).toEqual([1, 2, 3, 10, 20, 30]);
});

test('a burst is delivered in slices, between which timers have their turn; contacts are reported before each', async () => {
  let slices = 0;
  const queue = queueOf({ onSliceStart: () => (slices += 1) });
  let delivered = 0;
  const total = 32 * 20;
  const busy = () => {
    const until = performance.now() + 0.5;
    while (performance.now() < until);
    delivered += 1;
  };
  for (let count = 0; count < total; count++) queue.push(busy);
  const seenByTimers: number[] = [];
  const timer = setInterval(() => seenByTimers.push(delivered), 1);
  while (delivered < total) await nextTurn();
  clearInterval(timer);
  expect(slices).toBeGreaterThan(5);
  expect(seenByTimers.filter((seen) => seen > 0 && seen < total).length).toBeGreaterThan(2);
});

test('of many answers under way those of several turns are delivered together, in their order', async () => {
  let slices = 0;
  const total = 1_000;
  const delivered: number[] = [];
  const queue = queueOf({ onSliceStart: () => (slices += 1), expected: () => total - delivered.length });
  for (let number = 0; number < total; number += 1) {
    queue.push(() => delivered.push(number));
    await Promise.resolve();
  }
  while (delivered.length < total) await nextTurn();
  expect(delivered).toEqual(Array.from({ length: total }, (_, index) => index));
  expect(slices).toBeLessThan(total / 10);
});
