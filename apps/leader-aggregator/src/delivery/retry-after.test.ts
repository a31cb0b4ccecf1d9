import { parseRetryAfter } from './retry-after.js';

const now = Date.UTC(2024, 0, 1);

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-1', undefined],
  ['Mon, the first of never', undefined],
  ['0', 0],
  [' 5 ', 5_000],
  ['1.5', undefined],
  ['86400', 300_000],
  ['99999999999999', undefined],
  ['Mon, 01 Jan 2024 00:00:07 GMT', 7_000],
  ['Sun, 31 Dec 2023 23:59:00 GMT', 0],
])('%j asks for a wait of %j ms', (header, waitMs) => {
  expect(parseRetryAfter(header, now)).toBe(waitMs);
});
