import fc from 'fast-check';
import { parseSource, SourceSyntaxError } from './parse-source.js';

const signal = new AbortController().signal;

test.each([
  ['random:75:85', 'random integers from 75 to 85', true],
  ['random:-5:-5', 'random integers from -5 to -5', true],
  ['system:load1', 'load average of the last minute', false],
  ['system:memory', 'memory in use, in percent', false],
  ['file:/sys/class/thermal/thermal_zone0/temp', 'file /sys/class/thermal/thermal_zone0/temp', false],
  ['file:a:b', 'file a:b', false],
  ['command:cut -d: -f1 x', 'command "cut -d: -f1 x"', false],
  ['http:http://u:p@host/x?key=1#/a/0', 'http://host/x#/a/0', false],
  ['http:https://host/x', 'https://host/x', false],
  ['http://host:8080/x#/a~1b', 'http://host:8080/x#/a/b', false],
  ['https://host/x#/a%20b', 'https://host/x#/a b', false],
])('%s is understood', (text, description, perSensor) => {
  expect(parseSource(text)).toMatchObject({ description, perSensor });
});

test.each([
  '',
  'random',
  'random:',
  'random:75',
  'random:85:75',
  'random:1.5:2',
  'random:1:2:3',
  'random:a:b',
  'random:-999999999999999:999999999999999',
  'system:',
  'system:load5',
  'file:',
  'command: ',
  'http:',
  'http:host/x',
  'http:ftp://host/x',
  'http:http://',
  'http:http://host/x#a/b',
  'http:http://host/x#/a~2',
  'Random:1:2',
  'sensor:1',
])('%j is refused with what is allowed', (text) => {
  expect(() => parseSource(text)).toThrow(SourceSyntaxError);
  expect(() => parseSource(text)).toThrow(/^must be|apart$/);
});

test('a random source draws integers within its bounds, both included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.nat({ max: 10 }), async (min, span) => {
      const value = await parseSource(`random:${min}:${min + span}`).read(signal);
      expect(Number.isInteger(value) && value >= min && value <= min + span).toBe(true);
    }),
  );
  const source = parseSource('random:1:2');
  const drawn = new Set(await Promise.all(Array.from({ length: 200 }, () => source.read(signal))));
  expect([...drawn].sort()).toEqual([1, 2]);
});

test('the system sources give a load of at least 0 and a memory share in percent', async () => {
  expect(await parseSource('system:load1').read(signal)).toBeGreaterThanOrEqual(0);
  const memory = await parseSource('system:memory').read(signal);
  expect(memory).toBeGreaterThan(0);
  expect(memory).toBeLessThanOrEqual(100);
});
