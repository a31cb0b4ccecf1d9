import { type Command, type RangeOptions, type Sample, tsRange, tsRevRange } from '@atalaya/redis-timeseries';

/** Samples, or buckets, of one command: what a server answers, and this process reads, in a few ms. */
export const PIECE_SAMPLES = 1_000;

/** Values that the buckets of one command are made of, about. A single bucket of more is read at once. */
const PIECE_SOURCE_VALUES = 10_000;

/** A range of one series; both ends included, in ms. */
export interface SeriesRange {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** Newest first. */
  readonly reverse: boolean;
  /** Most samples, or buckets. */
  readonly count: number;
  readonly aggregation: RangeOptions['aggregation'];
  /** Usual time between two values of the series, in ms. */
  readonly stepMs: number;
  /** With the open bucket of a compaction. */
  readonly latest?: true | undefined;
}

/** Sends one command; no samples where the series does not exist. */
export type SendRange = (command: Command<Sample[]>) => Promise<Sample[]>;

/**
 * The samples of a range, read by one command after the other, so that what others ask of the server comes in between.
 * A write meanwhile shows at most in the pieces that are read after it.
 */
export async function readInPieces(range: SeriesRange, send: SendRange): Promise<Sample[]> {
  const { key, reverse, count, aggregation, latest } = range;
  // The open bucket comes on top of those that are counted, whatever the number: such a range is not cut.
  if (latest === true) return send(commandOf(range, range));
  const bucketMs = aggregation?.bucketMs ?? 1;
  const perBucket = Math.max(1, bucketMs / range.stepMs);
  const perPiece = Math.max(1, Math.min(PIECE_SAMPLES, Math.floor(PIECE_SOURCE_VALUES / perBucket)));
  const samples: Sample[] = [];
  let { from, to } = range;
  while (samples.length < count && from <= to) {
    const wanted = Math.min(perPiece, count - samples.length);
    const piece = await send(commandOf({ key, reverse, aggregation }, { from, to, count: wanted }));
    samples.push(...piece);
    const last = piece.at(-1);
    if (last === undefined || piece.length < wanted) break;
    if (reverse) to = Number(last.timestamp) - 1;
    else from = Number(last.timestamp) + bucketMs;
  }
  return samples;
}

function commandOf(
  { key, reverse, aggregation, latest }: Pick<SeriesRange, 'key' | 'reverse' | 'aggregation' | 'latest'>,
  { from, to, count }: { from: number; to: number; count: number },
): Command<Sample[]> {
  return (reverse ? tsRevRange : tsRange)(key, from, to, { count, aggregation, latest });
}
