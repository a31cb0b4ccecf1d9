import { stringify } from 'yaml';
import { type ComposeFile } from './compose-file.js';

/**
 * Writes a Compose file as YAML. `$` is doubled, so that no value is taken for a variable. What a reader of YAML 1.1
 * would take for a number (`472:0`, in base 60) is quoted.
 */
export function render(file: ComposeFile, header: string): string {
  const comment = header
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
  return `${comment}\n${stringify(escapeDollars(file), { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 0, singleQuote: true })}`;
}

function escapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escapeDollars);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escapeDollars(inner)]));
  }
  return value;
}
