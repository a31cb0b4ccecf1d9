import { jest } from '@jest/globals';
import type { Contact } from '../transport/transport.js';
import { Lease } from './lease.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const contactAt = (sentAtMs: number, acknowledgedAtMs = sentAtMs): Contact => ({
  sentAtMs,
  acknowledgedAtMs,
  provenBy: 'quorum',
});

function newLease(onLapse = () => {}) {
  return new Lease({
    sessionTimeoutMs: 3_000,
    marginMs: 1_000,
    contact: contactAt(performance.now()),
    onLapse,
  });
}

test('rule 6: a lease counts from the sending of the acknowledged operation, less the margin', () => {
  const lease = newLease();
  expect(lease.remainingMs()).toBe(2_000);
  const sentAtMs = performance.now();
  jest.advanceTimersByTime(500);
  lease.renew(contactAt(sentAtMs, performance.now()));
  expect(lease.remainingMs()).toBe(1_500);
  lease.end();
});

test('rule 6: a lapse is reported once and is for good: a late acknowledgement renews nothing', () => {
  let lapses = 0;
  const lease = newLease(() => (lapses += 1));
  jest.advanceTimersByTime(1_999);
  expect(lapses).toBe(0);
  jest.advanceTimersByTime(1);
  expect(lapses).toBe(1);
  lease.renew(contactAt(performance.now()));
  expect(lease.remainingMs()).toBe(0);
  expect(lapses).toBe(1);
});

test('rule 6: an answer that was received after the lapse does not count, however early it was asked for', () => {
  let lapses = 0;
  const lease = newLease(() => (lapses += 1));
  const start = performance.now();
  // The event loop stands still: no timer fires, and the first thing handled is an answer.
  lease.renew(contactAt(start + 1_900, start + 2_100));
  expect(lapses).toBe(1);
  expect(lease.remainingMs()).toBe(0);
});

test('rule 6: an older contact does not shorten the lease', () => {
  const lease = newLease();
  lease.renew(contactAt(performance.now() - 1_000, performance.now()));
  expect(lease.remainingMs()).toBe(2_000);
  lease.end();
});

test('rule 6: a machine that was suspended, whose monotonic clock stood still, has lost its lease', () => {
  let lapses = 0;
  const lease = newLease(() => (lapses += 1));
  jest.setSystemTime(Date.now() + 60_000);
  expect(lease.remainingMs()).toBe(0);
  expect(lapses).toBe(1);
});
