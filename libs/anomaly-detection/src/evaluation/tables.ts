import { measure, precision, recall, seriesOf } from './measure.js';
import { COMPARED_METHODS, type Method, VARIANTS } from './methods.js';
import { measurePeers } from './peer-evaluation.js';
import { type Scenario, SCENARIOS } from './scenarios.js';

/** The tables of the evaluation as Markdown, by name; the same text at every run. */
export interface EvaluationTables {
  readonly methods: string;
  readonly variants: string;
  readonly peers: string;
}

/** Measures everything, which takes some seconds, and renders the tables. */
export function evaluationTables(): EvaluationTables {
  return {
    methods: seriesTable(SCENARIOS, COMPARED_METHODS),
    variants: seriesTable(
      SCENARIOS.filter(({ name }) => !name.startsWith('clean')),
      VARIANTS,
    ),
    peers: peersTable(),
  };
}

function seriesTable(scenarios: readonly Scenario[], methods: readonly Method[]): string {
  const rows = scenarios.map((scenario) => {
    const series = seriesOf(scenario);
    return [
      scenario.name,
      ...methods.map((method) => {
        const measured = measure(method, series);
        const alarms = (measured.falsePositives / measured.normal) * 10_000;
        return `${ratio(precision(measured))} / ${ratio(recall(measured))} / ${alarms.toFixed(1)}`;
      }),
    ];
  });
  return markdownTable(['series', ...methods.map(({ name }) => name)], rows);
}

function peersTable(): string {
  const measured = measurePeers();
  const offsets = measured[0]?.recalls.map(({ offset }) => `recall, off by ${offset}`) ?? [];
  return markdownTable(
    ['sensors', 'method', 'false alarms per 1,000 ticks', ...offsets],
    measured.map(({ sensors, method, falseAlarmsPerThousandTicks, recalls }) => [
      String(sensors),
      method,
      falseAlarmsPerThousandTicks.toFixed(1),
      ...recalls.map((each) => ratio(each.recall)),
    ]),
  );
}

function ratio(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3);
}

/** A table with padded columns, as Prettier leaves it. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
