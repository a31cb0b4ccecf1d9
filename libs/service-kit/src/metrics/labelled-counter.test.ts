import { Registry } from 'prom-client';
import { labelledCounter } from './labelled-counter.js';

test('every value of the label has a series from the start', async () => {
  const registry = new Registry();
  const counter = labelledCounter(registry, {
    name: 'ticks_total',
    help: 'Ticks',
    label: 'outcome',
    values: ['stored', 'refused'],
  });
  counter.inc({ outcome: 'stored' });
  const text = await registry.metrics();
  expect(text).toContain('ticks_total{outcome="stored"} 1\n');
  expect(text).toContain('ticks_total{outcome="refused"} 0\n');
});
