import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../../docs/security.md', import.meta.url));
const text = readFileSync(DOCUMENT, 'utf8');
const entries = [...text.matchAll(/^- (API\d+): \[[^\]]+\]\(([^)]+)\) "(.+)"$/gm)].map(
  ([, risk = '', file = '', title = '']) => ({ risk, file, title }),
);

test('the security document has a line for each of the ten risks, in order', () => {
  const risks = [...text.matchAll(/^\| \*\*(API\d+)\*\*/gm)].map(([, risk]) => risk);
  expect(risks).toEqual(Array.from({ length: 10 }, (_, index) => `API${index + 1}`));
});

test('every line of its list of tests names a risk, a file and a title', () => {
  const lines = text.split('\n').filter((line) => line.startsWith('- '));
  expect(entries).toHaveLength(lines.length);
  expect(lines.length).toBeGreaterThan(0);
});

test.each(entries)('$risk: $file has the test "$title"', ({ file, title }) => {
  const source = readFileSync(join(dirname(DOCUMENT), file), 'utf8');
  expect(source).toContain(`'${title}'`);
});
