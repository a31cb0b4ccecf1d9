import type { Plot } from './section.js';

const WIDTH = 720;
const LABEL_WIDTH = 220;
const VALUE_WIDTH = 110;
const ROW_HEIGHT = 28;
const TOP = 40;

/** A plot as an SVG document: a bar up to each median, and a line over the range from the least to the greatest. */
export function barPlot({ title, unit, bars }: Plot): string {
  const most = Math.max(...bars.map(({ spread }) => spread.max), Number.MIN_VALUE);
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most;
  const height = TOP + bars.length * ROW_HEIGHT + 10;
  const rows = bars.map(({ name, spread }, index) => {
    const y = TOP + index * ROW_HEIGHT;
    const middle = y + ROW_HEIGHT / 2;
    const [from, to] = [LABEL_WIDTH + spread.min * scale, LABEL_WIDTH + spread.max * scale];
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y + 5}" width="${(spread.median * scale).toFixed(1)}" height="${ROW_HEIGHT - 10}" fill="#3b7ea1"/>`,
      `<path d="M${from.toFixed(1)} ${middle}H${to.toFixed(1)}" stroke="#1b1b1b" stroke-width="2"/>`,
      `<text x="${(to + 8).toFixed(1)}" y="${middle + 4}">${shortNumber(spread.median)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="8" y="22" font-size="15">${escaped(title)} (${escaped(unit)})</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** Three digits that count, without an exponent. */
function shortNumber(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
