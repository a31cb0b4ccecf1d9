import { HoldLog, type HoldMessage } from './hold-log.js';

/** A hold that is certain from one moment to another. */
function held(log: HoldLog, id: string, from: number, to: number, options: Partial<HoldMessage> = {}): void {
  for (const at of [from, to]) {
    const [fromNs, toNs] = [String(at), String(at)];
    log.claim({ resource: 'lock', capacity: 1, share: 1, id, token: id, fromNs, toNs, ...options });
  }
}

test('holders that follow each other are in order, holders beside each other are not', () => {
  const log = new HoldLog();
  held(log, 'a', 0, 10);
  held(log, 'b', 10, 20);
  expect(log.violations()).toEqual([]);
  held(log, 'c', 15, 2_000_020);
  expect(log.violations()).toEqual([
    'lock was held by c with token c while it was held by b with token b for 0.0 ms more',
  ]);
});

test('as many may hold as there is room, and one who takes all of it holds alone', () => {
  const log = new HoldLog();
  const reader = { resource: 'shared', capacity: 2 };
  held(log, 'a', 0, 10, reader);
  held(log, 'b', 5, 12, reader);
  expect(log.violations()).toEqual([]);
  held(log, 'c', 9, 13, reader);
  expect(log.violations()).toHaveLength(1);
  held(log, 'writer', 11, 20, { ...reader, share: 2 });
  expect(log.violations()).toHaveLength(2);
});

test('what is not certain is no violation', () => {
  const log = new HoldLog();
  held(log, 'a', 0, 10);
  log.claim({ resource: 'lock', capacity: 1, share: 1, id: 'b', token: 'b', fromNs: '5', toNs: '50' });
  expect(log.violations()).toEqual([]);
  log.freeze();
  expect(
    log.claim({ resource: 'lock', capacity: 1, share: 1, id: 'b', token: 'b', fromNs: '60', toNs: '61' }),
  ).toBe(false);
});
