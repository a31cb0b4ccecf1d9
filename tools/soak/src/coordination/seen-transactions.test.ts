import { SeenTransactions } from './seen-transactions.js';

test('a session that reads an earlier transaction of a path steps back; another session, or path, does not', () => {
  const seen = new SeenTransactions();
  expect(seen.read(1n, '/a', 5n)).toBeUndefined();
  expect(seen.read(1n, '/a', 5n)).toBeUndefined();
  expect(seen.read(1n, '/b', 4n)).toBeUndefined();
  expect(seen.read(1n, '/a', 4n)).toBe('session 0x1 read /a of transaction 4 after that of 5');
  expect(seen.read(2n, '/a', 3n)).toBeUndefined();
});
