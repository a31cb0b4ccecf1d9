import { readFile } from 'node:fs/promises';
import { messageOf, TestKitError } from './errors.js';

test('the codes in the source and in the README are the same', async () => {
  const read = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8');
  const source = /export type TestKitErrorCode =([^;]*);/.exec(await read('errors.ts'))![1]!;
  const documented = /## Errors\n([^]*?)\n## /.exec(await read('../README.md'))![1]!;
  const codes = [...source.matchAll(/'(\w+)'/g)].map((match) => match[1]);
  expect(codes.length).toBeGreaterThan(10);
  expect([...documented.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1])).toEqual(codes);
});

test('an error has a name, a code and a cause', () => {
  const cause = new Error('why');
  const error = new TestKitError('PORT_TAKEN', 'Port 1 is taken', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'TestKitError',
    code: 'PORT_TAKEN',
    message: 'Port 1 is taken',
    cause,
  });
});

test('the message of whatever was thrown', () => {
  expect(messageOf(new Error('text'))).toBe('text');
  expect(messageOf('text')).toBe('text');
  expect(messageOf(undefined)).toBe('undefined');
});
