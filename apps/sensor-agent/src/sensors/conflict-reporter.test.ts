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
  expect(notes).toEqual(['/sensors/a is free: it is registered by this process now']);
  reporter.conflict('a', undefined);
  jest.advanceTimersByTime(1_000);
  expect(warnings).toHaveLength(2);
  reporter.conflict('p', 0n);
  jest.advanceTimersByTime(1_000);
  expect(warnings[2]).toContain('under /sensors the id p is held by a persistent znode: delete it');
});
