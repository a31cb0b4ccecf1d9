import { type Measurement } from '@atalaya/contracts';

/** Reads values of one series: the newest `limit` up to `to` without `from`, else the first ones from there on. */
export type SeriesReader = (range: {
  from?: number | undefined;
  to?: number | undefined;
  limit: number;
}) => Promise<Measurement[]>;

/** Values of a series in a range, with those before it that a detector learns from. */
export interface SeriesSlice {
  context: Measurement[];
  values: Measurement[];
  /** Whether the range has more values than were asked for. */
  cut: boolean;
}

/** Reads up to `limit` values from `from` on, and `contextSize` before them. */
export async function readSlice(
  read: SeriesReader,
  range: { from: number; to?: number | undefined; limit: number; contextSize: number },
): Promise<SeriesSlice> {
  const { from, to, limit, contextSize } = range;
  const [context, values] = await Promise.all([
    from === 0 ? [] : read({ to: from - 1, limit: contextSize }),
    read({ from, to, limit: limit + 1 }),
  ]);
  return { context, values: values.slice(0, limit), cut: values.length > limit };
}

/** Where the newest `count` values up to `to` begin; undefined for an empty series. */
export async function startOfNewest(
  read: SeriesReader,
  to: number | undefined,
  count: number,
): Promise<number | undefined> {
  const newest = await read({ to, limit: count });
  return newest[0]?.timestamp;
}
