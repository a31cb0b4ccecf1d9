import { parseInteger, parseRedisDouble } from '../../protocol/parse-number.js';
import { ErrorReply } from '../../protocol/reply.js';
import { duplicatePolicy, type DuplicatePolicy } from '../../series/duplicate-policy.js';
import { type Label, type SeriesOptions } from '../../series/series.js';
import { at, wrongArity } from '../command.js';

/** An error of a `TS.*` command. */
export function timeSeriesError(text: string): ErrorReply {
  return new ErrorReply(`ERR TSDB: ${text}`);
}

/**
 * Position of an option, by its first appearance among all arguments in any case, -1 without. Like the real server it
 * does not tell keywords from values: an option's name in front, even as key or label, is taken for the option.
 */
export function optionIndex(args: readonly string[], name: string, from = 0): number {
  for (let index = from; index < args.length; index++) {
    const argument = args[index];
    if (argument?.length === name.length && argument.toUpperCase() === name) return index;
  }
  return -1;
}

const MIN_CHUNK_BYTES = 48;
const MAX_CHUNK_BYTES = 1_048_576;

export const DEFAULT_SERIES_OPTIONS: SeriesOptions = {
  retentionMs: 0,
  chunkSizeBytes: 4096,
  encoding: 'compressed',
  duplicatePolicy: 'block',
  ignoreMaxTimeDiffMs: 0,
  ignoreMaxValueDiff: 0,
  labels: [],
};

/** The options of `TS.CREATE`, in the order in which the server checks them. */
export function parseSeriesOptions(args: readonly string[]): SeriesOptions {
  const labels = parseLabels(args);
  const retentionMs = parseRetention(args);
  const chunkSizeBytes = parseChunkSize(args);
  const encoding = parseEncoding(args);
  const policy = parseDuplicatePolicy(args, 'DUPLICATE_POLICY') ?? DEFAULT_SERIES_OPTIONS.duplicatePolicy;
  return { labels, retentionMs, chunkSizeBytes, encoding, duplicatePolicy: policy, ...parseIgnore(args) };
}

function parseLabels(args: readonly string[]): Label[] {
  const position = optionIndex(args, 'LABELS');
  const labels: Label[] = [];
  if (position < 0) return labels;
  for (let index = position + 1; index + 1 < args.length; index += 2) {
    const [name, value] = [at(args, index), at(args, index + 1)];
    if (name === '' || value === '' || /[(),]/.test(value)) throw timeSeriesError("Couldn't parse LABELS");
    labels.push([name, value]);
  }
  return labels;
}

function parseRetention(args: readonly string[]): number {
  const position = optionIndex(args, 'RETENTION');
  if (position <= 0) return DEFAULT_SERIES_OPTIONS.retentionMs;
  const retentionMs = parseInteger(args[position + 1] ?? '');
  if (retentionMs === undefined) throw timeSeriesError("Couldn't parse RETENTION");
  // The one text of these without a code.
  if (retentionMs < 0) throw new ErrorReply("TSDB: Couldn't parse RETENTION");
  return retentionMs;
}

function parseChunkSize(args: readonly string[]): number {
  const position = optionIndex(args, 'CHUNK_SIZE');
  if (position < 0) return DEFAULT_SERIES_OPTIONS.chunkSizeBytes;
  const bytes = parseInteger(args[position + 1] ?? '');
  if (bytes === undefined) throw timeSeriesError("Couldn't parse CHUNK_SIZE");
  if (bytes < MIN_CHUNK_BYTES || bytes > MAX_CHUNK_BYTES || bytes % 8 !== 0) {
    throw timeSeriesError(
      `CHUNK_SIZE value must be a multiple of 8 in the range [${MIN_CHUNK_BYTES} .. ${MAX_CHUNK_BYTES}]`,
    );
  }
  return bytes;
}

function parseEncoding(args: readonly string[]): SeriesOptions['encoding'] {
  const position = optionIndex(args, 'ENCODING');
  if (position > 0) {
    const encoding = args[position + 1];
    if (encoding === undefined) throw wrongArity(at(args, 0));
    const name = encoding.toLowerCase();
    if (name !== 'compressed' && name !== 'uncompressed') throw timeSeriesError('unknown ENCODING parameter');
    return name;
  }
  // The form before ENCODING existed: the word alone.
  if (optionIndex(args, 'COMPRESSED') > 0) return 'compressed';
  return optionIndex(args, 'UNCOMPRESSED') > 0 ? 'uncompressed' : DEFAULT_SERIES_OPTIONS.encoding;
}

/** The policy behind an option, or undefined without the option. */
export function parseDuplicatePolicy(args: readonly string[], option: string): DuplicatePolicy | undefined {
  const position = optionIndex(args, option);
  if (position < 0) return undefined;
  const text = args[position + 1];
  if (text === undefined) throw timeSeriesError("Couldn't parse DUPLICATE_POLICY");
  const policy = duplicatePolicy(text);
  if (policy === undefined) throw timeSeriesError('Unknown DUPLICATE_POLICY');
  return policy;
}

function parseIgnore(
  args: readonly string[],
): Pick<SeriesOptions, 'ignoreMaxTimeDiffMs' | 'ignoreMaxValueDiff'> {
  const { ignoreMaxTimeDiffMs, ignoreMaxValueDiff } = DEFAULT_SERIES_OPTIONS;
  const position = optionIndex(args, 'IGNORE');
  if (position <= 0) return { ignoreMaxTimeDiffMs, ignoreMaxValueDiff };
  const time = parseInteger(args[position + 1] ?? '');
  const value = parseRedisDouble(args[position + 2] ?? '');
  if (time === undefined || value === undefined) throw timeSeriesError("Couldn't parse IGNORE");
  if (time < 0 || value < 0) throw timeSeriesError('IGNORE arguments cannot be negative');
  return { ignoreMaxTimeDiffMs: time, ignoreMaxValueDiff: value };
}
