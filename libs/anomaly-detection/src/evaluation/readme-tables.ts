import { type EvaluationTables } from './tables.js';

/** The README with every table between its markers replaced; throws if markers are missing. */
export function withTables(readme: string, tables: EvaluationTables): string {
  let text = readme;
  for (const [name, table] of Object.entries(tables) as [string, string][]) {
    const start = `<!-- evaluation:${name} -->`;
    const end = `<!-- /evaluation:${name} -->`;
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 || to < from)
      throw new Error(`the README has no markers ${start} and ${end} for this table`);
    text = `${text.slice(0, from)}${start}\n\n${table}\n\n${text.slice(to)}`;
  }
  return text;
}
