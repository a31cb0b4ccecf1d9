import { describeError } from './describe-error.js';

test('of an error its type, message, stack and code are written, and not the arguments of the command', () => {
  const cause = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['u', 'hunter22'] } });
  const error = Object.assign(new TypeError('no store', { cause }), {
    code: 'AWAY',
    options: { password: 'p' },
  });
  expect(describeError(error)).toEqual({
    type: 'TypeError',
    message: 'no store: WRONGPASS',
    stack: expect.stringContaining('WRONGPASS') as string,
    code: 'AWAY',
  });
  expect(describeError('thrown text')).toBe('thrown text');
});
