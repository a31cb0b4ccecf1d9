import { sessionLosses } from '../src/session-losses/session-losses.js';

test('300 lost sessions leave no watch, descriptor, timer or memory behind', async () => {
  const lines: string[] = [];
  const { violations, samples } = await sessionLosses({
    losses: 300,
    sampleEvery: 100,
    print: (line) => lines.push(line),
  });
  expect({ violations, lines: [] }).toEqual({ violations: [], lines: violations.length > 0 ? lines : [] });
  expect(samples.map(({ losses }) => losses)).toEqual([0, 100, 200, 300]);
}, 300_000);
