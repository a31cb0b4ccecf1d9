import { parseOptions, UsageError, wholeNumber } from './command-line.js';

test('options are given as --name value or --name=value', () => {
  expect(parseOptions(['--port', '1', '--data=x'], ['port', 'data'])).toEqual({ port: '1', data: 'x' });
});

test.each([[['--prot', '1']], [['4000']], [['--port']]])('%j is refused, the known options named', (args) => {
  expect(() => parseOptions(args, ['port', 'data'])).toThrow(UsageError);
  expect(() => parseOptions(args, ['port', 'data'])).toThrow(/options: --port, --data/);
});

test('a word that belongs to no option is not shown: it may be a password', () => {
  expect(() => parseOptions(['--port', '1', 'hunter22'], ['port'])).toThrow(
    new UsageError('A word of the command line belongs to no option (options: --port)'),
  );
});

test('a number outside its bounds, or none, is refused', () => {
  const bounds = { default: 4, min: 1, max: 10 };
  expect(wholeNumber('port', undefined, bounds)).toBe(4);
  expect(wholeNumber('port', '10', bounds)).toBe(10);
  for (const text of ['0', '11', '1.5', '-1', '', 'x', '0x1']) {
    expect(() => wholeNumber('port', text, bounds)).toThrow(
      `--port ${text}: must be a whole number from 1 to 10`,
    );
  }
});
