import { readFileSync } from 'node:fs';
import { createHampelDetector, detectAnomalies, detectPeerOutliers } from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** A figure as the README gives it: cut after the first decimal. */
function shown(value: number): string {
  return `${Math.trunc(value * 10) / 10}…`;
}

test('the example of the README gives what it says', () => {
  const detector = createHampelDetector();
  for (let tick = 0; tick < 60; tick += 1) {
    detector.push({ timestamp: tick * 5_000, value: 80 + (tick % 3) });
  }
  const { anomalous, score, expected } = detector.push({ timestamp: 300_000, value: 120 })!;
  expect(anomalous).toBe(true);
  const figures = `score: ${shown(score)}, expected: { min: ${shown(expected.min)}, max: ${shown(expected.max)} }`;
  expect(readme).toContain(`// { anomalous: true, ${figures} }`);

  const measurements = Array.from({ length: 60 }, (_, tick) => ({
    timestamp: tick * 5_000,
    value: 80 + (tick % 3),
  }));
  const found = detectAnomalies([...measurements, { timestamp: 300_000, value: 120 }]);
  expect(found).toEqual([{ timestamp: 300_000, value: 120, method: 'hampel', score, expected }]);
  expect(readme).toContain(`// [{ timestamp: 300000, value: 120, method: 'hampel', ${figures} }]`);

  const [outlier] = detectPeerOutliers({ a: 80, b: 81, c: 79, d: 80, e: 82, f: 80, g: 0 }, 300_000);
  expect(outlier).toMatchObject({ sensor: 'g', timestamp: 300_000, value: 0, method: 'peers' });
  expect(readme).toContain(`method: 'peers', score: ${shown(outlier!.score)}, expected: { … } }]`);
});
