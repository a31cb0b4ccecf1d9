import type { CoordinationError } from '../../errors/coordination-error.js';
import { type PendingOperation, PendingOperations } from './pending-operations.js';

function operation(failures: CoordinationError[]) {
  return { operation: 'get', path: '/a', fail: (error: CoordinationError) => void failures.push(error) };
}

test.each([
  ['expired', 'SESSION_EXPIRED'],
  ['closed', 'CLIENT_CLOSED'],
] as const)(
  'what will not be answered any more is settled with the end of the session: %s',
  (ending, code) => {
    const pending = new PendingOperations();
    const failures: CoordinationError[] = [];
    const answered = operation(failures);
    pending.add(answered);
    pending.add(operation(failures));
    pending.delete(answered);
    pending.failAll(ending);
    pending.failAll(ending);
    expect(failures).toMatchObject([{ code, path: '/a' }]);
  },
);

test('a drain is over when all is answered, and at its limit', async () => {
  const pending = new PendingOperations();
  await pending.drained(60_000);
  const failures: CoordinationError[] = [];
  const [first, second] = [operation(failures), operation(failures)];
  pending.add(first);
  pending.add(second);
  let drained = false;
  const draining = pending.drained(60_000).then(() => (drained = true));
  pending.delete(first);
  await new Promise(setImmediate);
  expect(drained).toBe(false);
  pending.delete(second);
  await draining;
  pending.add(first);
  await pending.drained(1);
  expect(failures).toEqual([]);
});

test('what was sent before an answered operation of its connection, and has no answer, is lost', () => {
  const pending = new PendingOperations();
  const failures: CoordinationError[] = [];
  const [lost, elsewhere, answered, later] = Array.from({ length: 4 }, (_unused, index) => ({
    ...operation(failures),
    path: `/${index}`,
  })) as [PendingOperation, PendingOperation, PendingOperation, PendingOperation];
  const connection = {};
  for (const each of [lost, elsewhere, answered, later]) {
    pending.add(each);
    each.connection = each === elsewhere ? {} : connection;
  }
  pending.answered(answered);
  expect(failures).toMatchObject([{ code: 'CONNECTION_LOSS', path: '/0' }]);
  pending.answered(later);
  expect(failures).toHaveLength(1);
  expect(pending.size).toBe(1);
});
