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

test('on a logarithmic axis a figure ten times as large is one step longer', () => {
  const bar = (name: string, value: number) => ({ name, spread: { median: value, min: value, max: value } });
  const svg = barPlot({
    title: 'reads',
    unit: 'ms',
    scale: 'logarithmic',
    bars: [bar('a', 1), bar('b', 10), bar('c', 100)],
  });
  const [a = 0, b = 0, c = 0] = [...svg.matchAll(/y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(b - a).toBeCloseTo(a, 0);
  expect(c - b).toBeCloseTo(a, 0);
});
