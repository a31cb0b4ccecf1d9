import { ratios, type RoundFigures } from '../interleaved-rounds.js';
import { formatSpread, spreadOf } from '../spread.js';
import type { Plot } from './section.js';

/** A figure of the contenders as a column of a table. */
export interface FigureColumn {
  /** Name in the rounds' figures. */
  readonly figure: string;
  /** Head of the column, with the unit. */
  readonly head: string;
  readonly decimals: number;
}

export interface ComparisonOptions {
  /** What is shown of each contender. */
  readonly columns: readonly FigureColumn[];
  /** The contender that the others are divided by, and the figure of which; none where nothing is to be divided. */
  readonly ratio?: { readonly baseline: string; readonly figure: string };
}

/** The heads of {@link comparisonRows}. */
export function comparisonHeads({ columns, ratio }: ComparisonOptions): string[] {
  return ['', ...columns.map(({ head }) => head), ...(ratio === undefined ? [] : [`÷ ${ratio.baseline}`])];
}

/** One row for each contender: its figures and its ratio, each as the median with the least and the greatest. */
export function comparisonRows(figures: RoundFigures, { columns, ratio }: ComparisonOptions): string[][] {
  return [...figures].map(([name, rounds]) => {
    const cells = columns.map(({ figure, decimals }) => {
      const measured = rounds
        .map((round) => round[figure] ?? Number.NaN)
        .filter((value) => !Number.isNaN(value));
      return measured.length === 0 ? '–' : formatSpread(spreadOf(measured), decimals);
    });
    if (ratio === undefined) return [name, ...cells];
    const divided = ratios(figures, ratio.figure, name, ratio.baseline).filter(
      (value) => !Number.isNaN(value),
    );
    const cell = name === ratio.baseline || divided.length === 0 ? '' : formatSpread(spreadOf(divided), 2);
    return [name, ...cells, cell];
  });
}

/** One figure of all contenders as a plot. */
export function comparisonPlot(
  figures: RoundFigures,
  { figure, ...plot }: Omit<Plot, 'bars'> & { figure: string },
): Plot {
  const bars = [...figures].flatMap(([name, rounds]) => {
    const measured = rounds
      .map((round) => round[figure] ?? Number.NaN)
      .filter((value) => !Number.isNaN(value));
    return measured.length === 0 ? [] : [{ name, spread: spreadOf(measured) }];
  });
  return { ...plot, bars };
}
