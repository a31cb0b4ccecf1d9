/** Something that is measured against others. */
export interface Contender {
  name: string;
  /** One measurement; the figures by name, such as `{ requestsPerSecond, p99Ms }`. */
  measure(): Promise<Readonly<Record<string, number>>>;
}

/** For each contender, by name, its figures of each round. */
export type RoundFigures = ReadonlyMap<string, readonly Readonly<Record<string, number>>[]>;

/**
 * Measures all contenders in every round, in an order that is turned round from one round to the next, after one round
 * that does not count unless there is no `warmUp`; so a drift of the machine meets all of them alike.
 */
export async function runInterleaved(
  contenders: readonly Contender[],
  rounds: number,
  { warmUp = true }: { warmUp?: boolean } = {},
): Promise<RoundFigures> {
  const figures = new Map<string, Readonly<Record<string, number>>[]>(
    contenders.map(({ name }) => [name, []]),
  );
  for (let round = warmUp ? 0 : 1; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      const measured = await contender.measure();
      if (round > 0) figures.get(contender.name)?.push(measured);
    }
  }
  return figures;
}

/** The ratios of one figure of two contenders, round by round. */
export function ratios(figures: RoundFigures, figure: string, name: string, baseline: string): number[] {
  const base = figures.get(baseline) ?? [];
  return (figures.get(name) ?? []).map(
    (measured, round) => (measured[figure] ?? NaN) / (base[round]?.[figure] ?? NaN),
  );
}
