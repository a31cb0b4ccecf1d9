import { TimeSeriesError } from './errors.js';

/**
 * RedisTimeSeries finds an option by the first argument of its name, wherever that stands; a label of such a name would
 * be read as the option.
 */
const SERIES_WORDS = new Set([
  ...['RETENTION', 'ENCODING', 'COMPRESSED', 'UNCOMPRESSED', 'CHUNK_SIZE', 'DUPLICATE_POLICY'],
  ...['ON_DUPLICATE', 'IGNORE', 'LABELS', 'TIMESTAMP'],
]);

const RANGE_WORDS = new Set([
  ...[
    'LATEST',
    'FILTER_BY_TS',
    'FILTER_BY_VALUE',
    'WITHLABELS',
    'SELECTED_LABELS',
    'COUNT',
    'LIMIT',
    'ALIGN',
  ],
  ...['AGGREGATION', 'BUCKETTIMESTAMP', 'EMPTY', 'FILTER', 'GROUPBY', 'REDUCE', 'EXCLUDEEMPTY'],
]);

/** Refuses a label's name or value that the server would read as an option not given in `args`. */
export function refuseSeriesWord(text: string, args: readonly string[]): void {
  refuse(text, SERIES_WORDS, args);
}

/** Refuses a label's name that the server would read as an option of a range. */
export function refuseRangeWord(text: string): void {
  refuse(text, RANGE_WORDS, []);
}

function refuse(text: string, words: ReadonlySet<string>, args: readonly string[]): void {
  const word = text.toUpperCase();
  if (!words.has(word) || args.includes(word)) return;
  throw new TimeSeriesError(
    'INVALID_INPUT',
    `The label text ${JSON.stringify(text)} would be read as the option ${word}; choose another, e.g. with a prefix.`,
  );
}
