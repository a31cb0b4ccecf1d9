import { barPlot } from './bar-plot.js';

test('the bars are as long as their medians are large, and names are escaped', () => {
  const svg = barPlot({
    title: 'reads',
    unit: 'ms',
    bars: [
      { name: 'a <b>', spread: { median: 50, min: 40, max: 60 } },
      { name: 'c', spread: { median: 100, min: 90, max: 120 } },
    ],
  });
  const widths = [...svg.matchAll(/y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(2);
  expect(widths[1]).toBeCloseTo(2 * (widths[0] ?? 0), 0);
  expect(svg).toContain('a &lt;b&gt;');
});
