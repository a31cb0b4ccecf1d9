import { TimeSeriesError } from './errors.js';
import { refuseSeriesWord } from './option-words.js';
import { encodeDuration, encodeValue } from './sample.js';

/** What happens to a sample whose timestamp is taken. */
export const DUPLICATE_POLICIES = ['BLOCK', 'FIRST', 'LAST', 'MIN', 'MAX', 'SUM'] as const;
/** One of {@link DUPLICATE_POLICIES}. */
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number];

/** Labels of a series by name; `MRANGE`, `MGET` and `QUERYINDEX` choose series by them. */
export type Labels = Readonly<Record<string, string>>;

/** Settings that can be changed later. */
export interface AlterOptions {
  /** How long samples are kept, in ms before the newest; 0 keeps all. */
  retentionMs?: number | undefined;
  /** Bytes of a chunk: a multiple of 8 from 48 to 1,048,576. */
  chunkSizeBytes?: number | undefined;
  duplicatePolicy?: DuplicatePolicy | undefined;
  /**
   * A sample is dropped if it follows the newest within both differences (policy `LAST` only). From
   * RedisTimeSeries 1.12.
   */
  ignore?: { maxTimeDifferenceMs: number; maxValueDifference: number } | undefined;
  /** Replaces all labels; `{}` removes them. */
  labels?: Labels | undefined;
}

/** Settings of a new series. */
export interface SeriesOptions extends AlterOptions {
  encoding?: 'COMPRESSED' | 'UNCOMPRESSED' | undefined;
}

/** Further options of a command that may create a series on its way. */
export interface AddOptions extends SeriesOptions {
  /** Replaces the series' policy for this one sample. */
  onDuplicate?: DuplicatePolicy | undefined;
}

/** The options as arguments; the labels, which have no end mark, are last. */
export function encodeSeriesOptions(options: AddOptions, before: readonly string[] = []): string[] {
  const { retentionMs, encoding, chunkSizeBytes, duplicatePolicy, onDuplicate, ignore, labels } = options;
  const args = [...before];
  if (retentionMs !== undefined) args.push('RETENTION', encodeDuration('retentionMs', retentionMs));
  if (encoding !== undefined) args.push('ENCODING', encoding);
  if (chunkSizeBytes !== undefined) args.push('CHUNK_SIZE', encodeChunkSize(chunkSizeBytes));
  if (duplicatePolicy !== undefined) args.push('DUPLICATE_POLICY', encodePolicy(duplicatePolicy));
  if (onDuplicate !== undefined) args.push('ON_DUPLICATE', encodePolicy(onDuplicate));
  if (ignore !== undefined) {
    const { maxTimeDifferenceMs, maxValueDifference } = ignore;
    args.push(
      'IGNORE',
      encodeDuration('maxTimeDifferenceMs', maxTimeDifferenceMs),
      encodeValue(maxValueDifference),
    );
  }
  return labels === undefined ? args : [...args, 'LABELS', ...encodeLabels(labels, args)];
}

function encodeChunkSize(bytes: number): string {
  if (!Number.isSafeInteger(bytes) || bytes < 48 || bytes > 1_048_576 || bytes % 8 !== 0) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `chunkSizeBytes ${bytes} is not a multiple of 8 from 48 to 1048576.`,
    );
  }
  return bytes.toString();
}

function encodePolicy(policy: DuplicatePolicy): string {
  if (!DUPLICATE_POLICIES.includes(policy)) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `Policy ${policy} is none of ${DUPLICATE_POLICIES.join(', ')}.`,
    );
  }
  return policy;
}

/** Labels as the server takes them: no empty name or value, and no `(`, `)` or `,` in a value. */
function encodeLabels(labels: Labels, args: readonly string[]): string[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    if (name === '' || value === '' || /[(),]/.test(value)) {
      throw new TimeSeriesError(
        'INVALID_INPUT',
        `Label ${JSON.stringify(name)} cannot be ${JSON.stringify(value)}: name and value must not be empty, and the value must not contain '(', ')' or ','.`,
      );
    }
    refuseSeriesWord(name, args);
    refuseSeriesWord(value, args);
    return [name, value];
  });
}
