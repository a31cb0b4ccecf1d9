import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CoordinationError } from './coordination-error.js';
import { errorCodes, type CoordinationErrorCode } from './error-codes.js';
import { isRetryable } from './is-retryable.js';

const sources = fileURLToPath(new URL('../', import.meta.url));
const table = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8')
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter((cells) => cells.length === 4 && /^`[A-Z_]+`$/.test(cells[0]!))
  .map(([code, meaning, remedy, retryable]) => ({ code: code!.slice(1, -1), meaning, remedy, retryable }));

test('docs/errors.md explains every code, each as the library does, and no other', () => {
  expect(table.length).toBeGreaterThan(20);
  expect(table.map(({ code, meaning }) => [code, meaning])).toEqual(Object.entries(errorCodes));
});

test('docs/errors.md says what to do about each, and whether the call can be repeated', () => {
  for (const { code, remedy, retryable } of table) {
    expect([code, remedy]).toEqual([code, expect.stringMatching(/\w{3}/)]);
    const error = new CoordinationError(code as CoordinationErrorCode, 'what happened');
    expect([code, retryable]).toEqual([code, isRetryable(error) ? 'yes' : 'no']);
  }
});

test('every code is one that the library throws', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(error-codes|is-retryable)\.ts$/.test(file),
  );
  const text = files.map((file) => readFileSync(sources + file, 'utf8')).join('\n');
  expect(Object.keys(errorCodes).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});
