import type { Bar, Plot } from './section.js';

const WIDTH = 720;
const LABEL_WIDTH = 220;
const VALUE_WIDTH = 110;
const ROW_HEIGHT = 28;
const TOP = 40;

/** A plot as an SVG document: a bar up to each median, and a line over the range from the least to the greatest. */
export function barPlot({ title, unit, bars, scale: kind = 'linear' }: Plot): string {
  const lengthOf = kind === 'linear' ? linear(bars) : logarithmic(bars);
  const height = TOP + bars.length * ROW_HEIGHT + 10;
  const rows = bars.map(({ name, spread }, index) => {
    const y = TOP + index * ROW_HEIGHT;
    const middle = y + ROW_HEIGHT / 2;
    const [from, to] = [LABEL_WIDTH + lengthOf(spread.min), LABEL_WIDTH + lengthOf(spread.max)];
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y + 5}" width="${lengthOf(spread.median).toFixed(1)}" height="${ROW_HEIGHT - 10}" fill="#3b7ea1"/>`,
      `<path d="M${from.toFixed(1)} ${middle}H${to.toFixed(1)}" stroke="#1b1b1b" stroke-width="2"/>`,
      `<text x="${(to + 8).toFixed(1)}" y="${middle + 4}">${shortNumber(spread.median)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="8" y="22" font-size="15">${escaped(title)} (${escaped(kind === 'linear' ? unit : `${unit}, logarithmic`)})</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

const ROOM = WIDTH - LABEL_WIDTH - VALUE_WIDTH;

function linear(bars: readonly Bar[]): (value: number) => number {
  const most = Math.max(...bars.map(({ spread }) => spread.max), Number.MIN_VALUE);
  return (value) => (value * ROOM) / most;
}

/** From a tenth of the least figure, so that its bar is seen, to the greatest. */
function logarithmic(bars: readonly Bar[]): (value: number) => number {
  const least = Math.log10(Math.max(Math.min(...bars.map(({ spread }) => spread.min)), 1e-6)) - 1;
  const most = Math.log10(Math.max(...bars.map(({ spread }) => spread.max), 1e-6));
  return (value) => (Math.max(0, Math.log10(Math.max(value, 1e-6)) - least) * ROOM) / (most - least);
}

/** Three digits that count, without an exponent. */
function shortNumber(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
