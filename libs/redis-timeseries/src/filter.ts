import { TimeSeriesError } from './errors.js';

/** A condition on one label; a series must meet all conditions. At least one must be `equals` or `oneOf`. */
export type Filter =
  /** The label has this value. */
  | { label: string; equals: string }
  /** The label is missing or has another value. */
  | { label: string; notEquals: string }
  /** The label has one of these values. */
  | { label: string; oneOf: readonly string[] }
  /** The label has none of these values. */
  | { label: string; noneOf: readonly string[] }
  /** The series has the label, or has it not. */
  | { label: string; exists: boolean };

/**
 * Filters as arguments. The server's filter language has no escape: a value that holds one of its characters would
 * become another filter, and is refused (`INVALID_INPUT`). No label can have `(`, `)` or `,` in its value anyway; of
 * labels with `=` in it, the series can be found by another label only.
 */
export function encodeFilters(filters: readonly Filter[]): string[] {
  if (!filters.some((filter) => 'equals' in filter || 'oneOf' in filter)) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      'A query needs at least one filter of the form equals or oneOf.',
    );
  }
  return filters.map(encodeFilter);
}

function encodeFilter(filter: Filter): string {
  const label = checked('label', filter.label);
  if ('equals' in filter) return `${label}=${checked('value', filter.equals)}`;
  if ('notEquals' in filter) return `${label}!=${checked('value', filter.notEquals)}`;
  if ('oneOf' in filter) return `${label}=(${listOf(filter.oneOf)})`;
  if ('noneOf' in filter) return `${label}!=(${listOf(filter.noneOf)})`;
  return filter.exists ? `${label}!=` : `${label}=`;
}

function listOf(values: readonly string[]): string {
  if (values.length === 0)
    throw new TimeSeriesError('INVALID_INPUT', 'A list of values in a filter is empty.');
  return values.map((value) => checked('value', value)).join(',');
}

function checked(what: 'label' | 'value', text: string): string {
  // NUL ends a filter in the server's C code.
  if (text === '' || /[=!(),\0]/.test(text)) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `The filter's ${what} ${JSON.stringify(text)} is empty or contains one of = ! ( ) , or NUL, which a filter cannot express.`,
    );
  }
  return text;
}
