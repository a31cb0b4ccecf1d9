export const AGGREGATOR_NAMES = [
  'min',
  'max',
  'sum',
  'avg',
  'count',
  'first',
  'last',
  'range',
  'std.p',
  'std.s',
  'var.p',
  'var.s',
  'twa',
  'countnan',
  'countall',
] as const;

export type AggregatorName = (typeof AGGREGATOR_NAMES)[number];

const NAMES: ReadonlySet<string> = new Set(AGGREGATOR_NAMES);

/** The aggregator that a client names, in any case; undefined for an unknown one. */
export function aggregatorName(text: string): AggregatorName | undefined {
  const name = text.toLowerCase();
  return isAggregatorName(name) ? name : undefined;
}

function isAggregatorName(name: string): name is AggregatorName {
  return NAMES.has(name);
}
