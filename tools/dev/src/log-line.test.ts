import { formatLogLine } from './log-line.js';

test("a service's JSON line becomes time, process, level, message and fields", () => {
  const line = JSON.stringify({
    level: 40,
    time: '2026-01-02T03:04:05.678Z',
    pid: 1,
    hostname: 'h',
    name: 'sensor-agent',
    reason: 'refused',
    missed: 2,
    msg: 'ZooKeeper is away',
  });
  expect(formatLogLine('sensor-1', line)).toBe(
    '03:04:05.678 sensor-1     warn  ZooKeeper is away reason=refused missed=2',
  );
});

test("an error's stack follows its line", () => {
  const line = JSON.stringify({
    level: 60,
    time: '2026-01-02T03:04:05.678Z',
    msg: 'x',
    err: { stack: 'Error: x\n  at y' },
  });
  expect(formatLogLine('candidate-1', line)).toBe('03:04:05.678 candidate-1  fatal x\nError: x\n  at y');
});

test.each(['plain text', '{not json', '{"a":1}'])('a line that is no log line stays as it is: %s', (line) => {
  expect(formatLogLine('sensor-1', line)).toBe(`sensor-1     ${line}`);
});
