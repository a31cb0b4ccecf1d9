import { type DuplicatePolicy } from './duplicate-policy.js';

/** What `TS.CREATE` and `TS.ALTER` set, besides labels. */
export interface SeriesSettings {
  /** 0: samples are kept for ever. */
  readonly retentionMs: number;
  readonly chunkSizeBytes: number;
  readonly encoding: 'compressed' | 'uncompressed';
  readonly duplicatePolicy: DuplicatePolicy;
  readonly ignoreMaxTimeDiffMs: number;
  readonly ignoreMaxValueDiff: number;
}

/** Whoever makes more different ones than this has few series of each. */
const MOST = 1_000;

const shared = new Map<string, SeriesSettings>();

/** Equal settings as one object, without what else the given one has: of tens of thousands of series most have the same. */
export function sharedSettings(settings: SeriesSettings): SeriesSettings {
  const { retentionMs, chunkSizeBytes, encoding, duplicatePolicy, ignoreMaxTimeDiffMs, ignoreMaxValueDiff } =
    settings;
  const text = [
    retentionMs,
    chunkSizeBytes,
    encoding,
    duplicatePolicy,
    ignoreMaxTimeDiffMs,
    ignoreMaxValueDiff,
  ].join();
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size === MOST) shared.clear();
  const own: SeriesSettings = {
    retentionMs,
    chunkSizeBytes,
    // As they are written here: what a request or a record says is another text each time.
    encoding: encoding === 'compressed' ? 'compressed' : 'uncompressed',
    duplicatePolicy,
    ignoreMaxTimeDiffMs,
    ignoreMaxValueDiff,
  };
  shared.set(text, own);
  return own;
}
