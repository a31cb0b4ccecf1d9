import { hostileFrames } from '../src/wire/hostile-frames.js';
import { wireSoak } from '../src/wire/wire-soak.js';

test('reads, writes, watches and reconnections at full speed for 15 s leave no memory behind', async () => {
  const lines: string[] = [];
  const { violations, samples } = await wireSoak({
    seconds: 15,
    sampleEverySeconds: 1,
    cutEveryMs: 500,
    print: (line) => lines.push(line),
  });
  expect({ violations, lines: [] }).toEqual({ violations: [], lines: violations.length > 0 ? lines : [] });
  expect(samples.at(-1)?.reads).toBeGreaterThan(0);
  expect(samples.at(-1)?.writes).toBeGreaterThan(0);
}, 120_000);

test('the command for hostile frames runs them', async () => {
  const lines: string[] = [];
  expect(await hostileFrames({ frames: 1_000, seed: 7, print: (line) => lines.push(line) })).toEqual([]);
  expect(lines.join('\n')).toContain('1000 damaged, cut, reordered and hostile frames (seed 7)');
}, 120_000);
