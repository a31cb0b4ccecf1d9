import { createLogger } from '@atalaya/service-kit';
import { jest } from '@jest/globals';
import { ConflictReporter } from './conflict-reporter.js';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test('names ids that others hold once, those of the same moment together, and says when they are free', () => {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const warnings: string[] = [];
  const notes: string[] = [];
  logger.warn = (_details: object, message?: string) => warnings.push(message ?? '');
  logger.info = (_details: object, message?: string) => notes.push(message ?? '');
  const reporter = new ConflictReporter(logger, '/sensors');
  for (const id of ['a', 'b', 'a']) reporter.conflict(id, 7n);
  jest.advanceTimersByTime(1_000);
  reporter.conflict('a', undefined);
  jest.advanceTimersByTime(1_000);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('under /sensors 2 ids (a, b) are held by another live session');
  expect(reporter.held).toBe(2);
  reporter.taken('a');
  reporter.taken('a');
  reporter.taken('never held');
  jest.advanceTimersByTime(1_000);
  expect(notes).toEqual(['under /sensors the id a is free: registered by this process now']);
  reporter.conflict('a', undefined);
  jest.advanceTimersByTime(1_000);
  expect(warnings).toHaveLength(2);
  reporter.conflict('p', 0n);
  jest.advanceTimersByTime(1_000);
  expect(warnings[2]).toContain('under /sensors the id p is held by a persistent znode: delete it');
});

test('a thousand ids, held and freed within seconds, are one message each', () => {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const messages: string[] = [];
  logger.warn = (_details: object, message?: string) => messages.push(message ?? '');
  logger.info = logger.warn;
  const reporter = new ConflictReporter(logger, '/sensors');
  const ids = Array.from({ length: 1_000 }, (_, index) => `s-${index}`);
  for (const id of ids) {
    reporter.conflict(id, 7n);
    jest.advanceTimersByTime(4);
  }
  jest.advanceTimersByTime(1_000);
  for (const id of ids) reporter.taken(id);
  reporter.close();
  expect(messages).toEqual([
    expect.stringMatching(/^under \/sensors 1000 ids \(s-0, .*, s-19, …\) are held by another live session/),
    expect.stringMatching(/^under \/sensors 1000 ids \(s-0, .*, s-19, …\) are free/),
  ]);
});
