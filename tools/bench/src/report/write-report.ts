import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { barPlot } from './bar-plot.js';
import type { Section } from './section.js';

/**
 * Writes what was found into a folder: `README.md` for people, `results.json` with all figures, and one SVG file for each
 * plot. What the folder held of the same names is replaced.
 */
export async function writeReport(
  folder: string,
  sections: readonly Section[],
  words: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const machine = {
    commit: commit(),
    date: new Date().toISOString(),
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryMb: Math.round(totalmem() / 1_048_576),
    loadAtEnd: loadavg(),
  };
  const parts: string[] = [];
  for (const [index, section] of sections.entries()) {
    const images: string[] = [];
    for (const [number, plot] of section.plots.entries()) {
      const file = `plot-${index + 1}-${number + 1}.svg`;
      await writeFile(join(folder, file), barPlot(plot));
      images.push(`![${plot.title}](${file})`);
    }
    parts.push(sectionText(section, images));
  }
  const head = [
    '# Benchmarks',
    `Made by \`npm run bench${words === '' ? '' : ` -- ${words}`}\` on commit ${machine.commit}, ${machine.date}: ` +
      `${machine.cores} cores (${machine.processor}), ${machine.memoryMb} MB, Node.js ${machine.node}. Everything that is ` +
      'measured runs on this one machine. Figures are medians, with the least and the greatest.',
  ];
  await writeFile(join(folder, 'README.md'), `${[...head, ...parts].join('\n\n')}\n`);
  const results = { machine, sections: sections.map(({ title, data }) => ({ title, data })) };
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
}

function sectionText({ title, notes, columns, rows }: Section, images: readonly string[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  return [`## ${title}`, ...notes, table, ...images].join('\n\n');
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
