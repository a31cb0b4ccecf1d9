import { type RangeName } from '../texts/page-texts.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Length of each range that a chart offers, in ms. */
export const RANGE_MS: Readonly<Record<RangeName, number>> = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '6h': 360 * MINUTE_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
};

export const RANGE_NAMES = Object.keys(RANGE_MS) as RangeName[];

/** The range that is asked for, else a quarter of an hour. */
export function rangeNamed(name: unknown): RangeName {
  return RANGE_NAMES.find((known) => known === name) ?? '15m';
}
