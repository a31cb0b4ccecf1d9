import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from './readme-tables.js';
import { SCENARIOS } from './scenarios.js';
import { evaluationTables } from './tables.js';

/** Prints the tables of the evaluation; with `--write` puts them into the README as well. */
const tables = evaluationTables();
console.log('Series:');
for (const { name, description } of SCENARIOS) console.log(`  ${name}: ${description}`);
console.log('\nCells: precision / recall / false alarms per 10,000 normal values\n');
console.log(`${tables.methods}\n\n${tables.variants}\n\nComparison of sensors:\n\n${tables.peers}`);

if (process.argv.includes('--write')) {
  const readme = new URL('../../README.md', import.meta.url);
  writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), tables));
}
