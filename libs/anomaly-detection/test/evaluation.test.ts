import { readFileSync } from 'node:fs';
import { withTables } from '../src/evaluation/readme-tables.js';
import { evaluationTables } from '../src/evaluation/tables.js';
import { measure, precision, recall, seriesOf } from '../src/evaluation/measure.js';
import { OURS } from '../src/evaluation/methods.js';
import { SCENARIOS } from '../src/evaluation/scenarios.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the tables of the README are what the evaluation gives', () => {
  expect(withTables(readme, evaluationTables())).toBe(readme);
}, 120_000);

test('a changed figure in the README would be noticed', () => {
  const tables = { methods: '| a table |', variants: '| another |', peers: '| a third |' };
  expect(withTables(readme, tables)).not.toBe(readme);
  expect(() => withTables('no markers', tables)).toThrow('no markers');
});

test.each(SCENARIOS.map(({ name, description }) => [name, description]))('the README lists "%s"', (name) => {
  expect(readme).toMatch(new RegExp(`^\\| ${name} +\\| \\S`, 'm'));
});

test('with the defaults, series of random sensors raise no alarm, and hardly a planted anomaly is missed', () => {
  for (const name of ['clean mean', 'clean sensor', 'mean', 'sensor']) {
    const measured = measure(OURS, seriesOf(SCENARIOS.find((scenario) => scenario.name === name)!));
    expect(measured.falsePositives).toBe(0);
    expect(precision(measured) ?? 1).toBe(1);
    expect(recall(measured) ?? 1).toBeGreaterThan(0.98);
  }
});
