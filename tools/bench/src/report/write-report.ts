import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { barPlot } from './bar-plot.js';
import type { Section } from './section.js';

/** The surroundings of a run. */
export interface Machine {
  readonly commit: string;
  readonly date: string;
  readonly node: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryMb: number;
  /** Load averages of 1, 5 and 15 minutes at the end of the part. */
  readonly loadAtEnd: readonly number[];
}

/** A part's JSON file. */
export interface RecordedPart {
  readonly part: string;
  readonly title: string;
  readonly machine: Machine;
  readonly data: unknown;
}

/**
 * Writes what one part has found into a folder: `<part>.md` for people, `<part>.json` with all figures, one SVG file for
 * each plot, and anew the folder's `README.md`, which lists all parts that are there. What the part had left there before is
 * replaced.
 */
export async function writeReport(folder: string, part: string, section: Section): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (new RegExp(`^${part}-\\d+\\.svg$`).test(name)) await rm(join(folder, name));
  }
  const machine = describeMachine();
  const images: string[] = [];
  for (const [number, plot] of section.plots.entries()) {
    const file = `${part}-${number + 1}.svg`;
    await writeFile(join(folder, file), barPlot(plot));
    images.push(`![${plot.title}](${file})`);
  }
  await writeFile(join(folder, `${part}.md`), pageOf(part, section, machine, images));
  const recorded: RecordedPart = { part, title: section.title, machine, data: section.data };
  await writeFile(join(folder, `${part}.json`), `${JSON.stringify(recorded, undefined, 2)}\n`);
  await writeFile(join(folder, 'README.md'), await indexOf(folder));
}

function pageOf(part: string, section: Section, machine: Machine, images: readonly string[]): string {
  const { title, notes, columns, rows } = section;
  const head =
    `Made by \`npm run bench -- ${part}\` on commit ${machine.commit}, ${machine.date}: ${machine.cores} cores ` +
    `(${machine.processor}), ${machine.memoryMb} MB, Node.js ${machine.node}, load ${machine.loadAtEnd
      .map((load) => load.toFixed(1))
      .join(
        ', ',
      )} at its end. Everything that is measured runs on this one machine. Figures are medians, with the ` +
    'least and the greatest.';
  return `${[`# ${title}`, head, ...notes, tableOf(columns, rows), ...images].join('\n\n')}\n`;
}

async function indexOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  const rows = await Promise.all(
    names.map(async (name) => {
      const { part, title, machine } = JSON.parse(await readFile(join(folder, name), 'utf8')) as RecordedPart;
      return [`[${part}](${part}.md)`, title, machine.commit, machine.date.slice(0, 10), `[JSON](${name})`];
    }),
  );
  return `${[
    '# Benchmarks',
    'Each part is made by `npm run bench -- <part>`, which writes its page, its figures and its plots here. What is compared ' +
      'is measured in one run, in turns. [capacity.md](../capacity.md) makes a model of the figures; ' +
      '[performance.md](../performance.md) says what was tried and what it brought.',
    tableOf(['part', 'measures', 'commit', 'date', 'figures'], rows),
  ].join('\n\n')}\n`;
}

/** A Markdown table, padded as the formatter of this repository pads it. */
export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = columns.map((_, index) => Math.max(3, ...all.map((cells) => (cells[index] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function describeMachine(): Machine {
  return {
    commit: commit(),
    date: new Date().toISOString(),
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryMb: Math.round(totalmem() / 1_048_576),
    loadAtEnd: loadavg(),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
