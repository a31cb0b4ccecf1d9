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

const NAMES: ReadonlyMap<string, AggregatorName> = new Map(AGGREGATOR_NAMES.map((name) => [name, name]));

/** The aggregator that a client names, in any case; undefined for an unknown one. The same text for each rule. */
export function aggregatorName(text: string): AggregatorName | undefined {
  return NAMES.get(text.toLowerCase());
}
