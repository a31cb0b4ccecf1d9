import fc from 'fast-check';
import { DeliveryQueue, type UndeliveredTick } from './delivery-queue.js';

function queueOf(bounds: { maxCount?: number; maxBytes?: number } = {}): {
  queue: DeliveryQueue;
  dropped: number[];
} {
  const dropped: number[] = [];
  const queue = new DeliveryQueue({
    maxCount: bounds.maxCount ?? 1_000,
    maxBytes: bounds.maxBytes ?? 1_000_000,
    onDrop: ({ timestamp }) => {
      dropped.push(timestamp);
    },
  });
  return { queue, dropped };
}

function tick(timestamp: number, bytes = 10): UndeliveredTick {
  return { timestamp, report: 'x'.repeat(bytes) };
}

const never = new AbortController().signal;

test('ticks come out in the order of their timestamps, and stay until removed', async () => {
  const { queue } = queueOf();
  for (const timestamp of [20, 30, 10]) queue.add(tick(timestamp));
  const first = await queue.oldest(never);
  expect(await queue.oldest(never)).toBe(first);
  queue.remove(first);
  queue.remove(first);
  expect(first.timestamp).toBe(10);
  expect((await queue.oldest(never)).timestamp).toBe(20);
  expect([queue.size, queue.bytes]).toEqual([2, 20]);
});

test('of one tick the report that came first is kept', async () => {
  const { queue } = queueOf();
  expect([queue.add(tick(10, 1)), queue.add(tick(10, 2))]).toEqual([true, false]);
  expect((await queue.oldest(never)).report).toHaveLength(1);
});

test('a reader waits for a tick, and its wait ends with the signal', async () => {
  const { queue } = queueOf();
  const waiting = queue.oldest(never);
  queue.add(tick(10));
  expect((await waiting).timestamp).toBe(10);
  queue.drain();
  const stop = new AbortController();
  const aborted = queue.oldest(stop.signal);
  stop.abort(new Error('the end'));
  await expect(aborted).rejects.toThrow('the end');
  await expect(queue.oldest(stop.signal)).rejects.toThrow('the end');
});

test('whatever is added and removed, the queue is sorted, within its bounds, and drops the oldest', () => {
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: fc.nat(100), bytes: fc.integer({ min: 1, max: 50 }) }) },
    { weight: 1, arbitrary: fc.constant('deliver' as const) },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
      const { queue, dropped } = queueOf({ maxCount: 10, maxBytes: 200 });
      let model: UndeliveredTick[] = [];
      for (const step of actions) {
        if (step === 'deliver') {
          const [oldest] = model;
          if (oldest !== undefined) queue.remove(oldest);
          model = model.slice(1);
          continue;
        }
        const added = tick(step.add, step.bytes);
        const isNew = !model.some(({ timestamp }) => timestamp === step.add);
        expect(queue.add(added)).toBe(isNew);
        if (isNew) model = [...model, added].sort((one, other) => one.timestamp - other.timestamp);
        while (model.length > 10 || sum(model) > 200) {
          expect(dropped.shift()).toBe(model[0]?.timestamp);
          model = model.slice(1);
        }
        expect(dropped).toEqual([]);
        expect([queue.size, queue.bytes]).toEqual([model.length, sum(model)]);
      }
      expect(queue.drain()).toEqual(model);
      expect([queue.size, queue.bytes]).toEqual([0, 0]);
    }),
  );
});

test('a single tick larger than the bound is kept', () => {
  const { queue, dropped } = queueOf({ maxBytes: 100 });
  queue.add(tick(10));
  queue.add(tick(20, 500));
  expect([queue.size, dropped]).toEqual([1, [10]]);
});

function sum(ticks: readonly UndeliveredTick[]): number {
  return ticks.reduce((total, { report }) => total + report.length, 0);
}
