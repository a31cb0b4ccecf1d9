import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Section } from './section.js';
import { type RecordedPart, tableOf, writeReport } from './write-report.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-report-'));
});

afterEach(() => rm(folder, { recursive: true }));

const spread = { median: 2, min: 1, max: 3 };
const plot = { title: 'reads', unit: 'ms', bars: [{ name: 'a', spread }] };
const section = (title: string, plots: number): Section => ({
  title,
  notes: ['How it was measured.'],
  columns: ['size', 'ms'],
  rows: [['10', '2.0 (1.0 to 3.0)']],
  plots: Array.from({ length: plots }, () => plot),
  data: { sizes: [10] },
});

const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

test('a part leaves a page with its table and plots, and its figures as JSON', async () => {
  await writeReport(folder, 'children', section('Reading children', 2));
  const page = await text('children.md');
  expect(page).toContain('# Reading children');
  expect(page).toContain('| 10   | 2.0 (1.0 to 3.0) |');
  expect(page).toContain('![reads](children-2.svg)');
  expect(await text('children-2.svg')).toContain('<svg');
  const recorded = JSON.parse(await text('children.json')) as RecordedPart;
  expect(recorded).toMatchObject({ part: 'children', data: { sizes: [10] } });
  expect(recorded.machine.cores).toBeGreaterThan(0);
});

test('the index lists the parts of all runs, and a plot that is no longer made goes', async () => {
  await writeReport(folder, 'children', section('Reading children', 2));
  await writeReport(folder, 'start', section('Starting', 1));
  await writeReport(folder, 'children', section('Reading children again', 1));
  const index = await text('README.md');
  expect(index).toContain('[start](start.md)');
  expect(index).toContain('Reading children again');
  expect((await readdir(folder)).filter((name) => name.endsWith('.svg'))).toEqual([
    'children-1.svg',
    'start-1.svg',
  ]);
});

test('a table is padded, and a bar in a cell does not end it', () => {
  expect(tableOf(['a', 'long'], [['x|y', '1']])).toBe('| a    | long |\n| ---- | ---- |\n| x\\|y | 1    |');
});
