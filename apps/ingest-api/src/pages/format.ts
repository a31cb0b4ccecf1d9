import { type Language } from './language.js';
import { type PageTexts } from './texts/page-texts.js';
import { fill } from './texts/texts.js';

/** Values of more digits than this before the point are shown without decimals. */
const WHOLE_FROM = 10_000;

/**
 * A measured value rounded to what it means: two decimals, none for large numbers, three significant digits for small
 * ones. The exact value is for the title of the element.
 */
export function displayValue(value: number, language: Language): string {
  const size = Math.abs(value);
  const options: Intl.NumberFormatOptions =
    size >= WHOLE_FROM
      ? { maximumFractionDigits: 0 }
      : size >= 1 || size === 0
        ? { maximumFractionDigits: 2 }
        : { maximumSignificantDigits: 3 };
  return numberFormat(language, options).format(value);
}

/** As {@link displayValue}, always with two decimals where it has any: for the large figure, which must not jump. */
export function displayFigure(value: number, language: Language): string {
  const size = Math.abs(value);
  if (size >= WHOLE_FROM || (size < 1 && size > 0)) return displayValue(value, language);
  return numberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

/** What two values that are the same may differ by after their sums were rounded, as a part of them. */
const ROUNDING_PART = 1e-9;

/** The change from one value to the next; 0 where it is no more than the rounding of sums. */
export function changeOf(value: number, before: number): number {
  const change = value - before;
  return Math.abs(change) <= ROUNDING_PART * Math.max(Math.abs(value), Math.abs(before)) ? 0 : change;
}

/** Smaller changes than this would be shown as none. */
const SMALLEST_IN_DECIMALS = 0.005;

/** A change with its sign, to two decimals as the figure that changed; one that is smaller with its first digit. */
export function displayChange(value: number, language: Language): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const size = Math.abs(value);
  const options: Intl.NumberFormatOptions =
    size > 0 && size < SMALLEST_IN_DECIMALS
      ? { maximumSignificantDigits: 1 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${sign}${size >= WHOLE_FROM ? displayValue(size, language) : numberFormat(language, options).format(size)}`;
}

export function displayCount(count: number, language: Language): string {
  return numberFormat(language, {}).format(count);
}

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(language, options);
  formats.set(key, known);
  return known;
}

/** How long ago something was; below a second that is not counted. */
export function displayAge(ageMs: number, texts: DurationTexts & Pick<PageTexts, 'ago' | 'justNow'>): string {
  return ageMs < JUST_NOW_MS ? texts.justNow : fill(texts.ago, { age: displayDuration(ageMs, texts) });
}

const JUST_NOW_MS = 950;

type DurationTexts = Pick<PageTexts, 'day' | 'hour' | 'minute' | 'second' | 'decimalMark'>;

/** A length of time in its two largest units: `12 s`, `3 min 20 s`, `2 d 4 h`; below a second with tenths. */
export function displayDuration(ms: number, texts: DurationTexts): string {
  if (ms < 950) return `${(ms / 1000).toFixed(1).replace('.', texts.decimalMark)} ${texts.second}`;
  const seconds = Math.round(ms / 1000);
  const units = [
    [Math.floor(seconds / 86_400), texts.day],
    [Math.floor(seconds / 3_600) % 24, texts.hour],
    [Math.floor(seconds / 60) % 60, texts.minute],
    [seconds % 60, texts.second],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
