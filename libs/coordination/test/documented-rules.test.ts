import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const library = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(library, file), 'utf8');
const page = read('docs/rules.md');

/** The rows of the table that follows the heading, as cells. */
function rowsBelow(heading: string): string[][] {
  const table = page
    .slice(page.indexOf(heading))
    .split('\n\n')
    .find((block) => block.startsWith('| '))!;
  const rows = table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.slice(2);
}

/** Titles of the tests of a file, as they stand in its source. */
function titlesOf(file: string): string[] {
  const calls = read(file).matchAll(/^\s*test(?:\.each\([\s\S]*?\))?\(\s*(['"])(.*)\1,/gm);
  return [...calls].map(([, , title]) => title!);
}

const testFiles = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(library, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file}`),
);

test('every rule names its tests, and every test of a rule is named', () => {
  const documented = rowsBelow('# Rules').map(([rule, title, file]) => `${file!} ${rule!}: ${title!}`);
  const written = testFiles.flatMap((file) =>
    titlesOf(file).flatMap((title) => {
      const [, rules = '', rest = ''] = /^rules? ([\d, ]+): (.*)$/.exec(title) ?? [];
      return rules.split(', ').flatMap((rule) => (rule === '' ? [] : [`\`${file}\` ${rule}: ${rest}`]));
    }),
  );
  expect([...documented].sort()).toEqual([...written].sort());
  const rules = new Set(rowsBelow('# Rules').map(([rule]) => Number(rule)));
  const listed = [...page.matchAll(/^(\d+)\. /gm)].map(([, rule]) => Number(rule));
  expect([...rules]).toEqual(listed);
});

test('every trap names a test that is there, and every test of a trap is named', () => {
  const rows = rowsBelow('## Traps');
  for (const [, title, file] of rows) {
    expect(titlesOf(file!.replaceAll('`', ''))).toContain(title);
  }
  const written = testFiles.flatMap(titlesOf).filter((title) => title.startsWith('trap: '));
  expect(rows.map(([, title]) => title)).toEqual(expect.arrayContaining(written));
});
