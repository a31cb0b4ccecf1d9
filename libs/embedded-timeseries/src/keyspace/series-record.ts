import { aggregatorName } from '../series/aggregator-name.js';
import { CompactionRule } from '../series/compaction-rule.js';
import { type DuplicatePolicy } from '../series/duplicate-policy.js';
import { type ChunkAccess, SampleStore } from '../series/sample-store.js';
import { type Label, Series, type SeriesOptions } from '../series/series.js';
import { type SeriesSettings } from '../series/series-settings.js';

type ChunkRow = readonly [id: number, firstTimestamp: number, lastTimestamp: number, count: number];
type RuleRow = readonly [targetKey: string, aggregator: string, bucketMs: number, alignment: number];
type SettingsRow = readonly [
  retentionMs: number,
  chunkSizeBytes: number,
  encoding: SeriesSettings['encoding'],
  duplicatePolicy: DuplicatePolicy,
  ignoreMaxTimeDiffMs?: number,
  // As text: of some doubles there is no JSON.
  ignoreMaxValueDiff?: string,
];

/**
 * What a series is, as it is stored: without the names of its parts, for a fleet has tens of thousands of them, and the
 * pages of the data file stay in memory. Names and values of the labels in turns.
 */
export type SeriesRow = readonly [
  type: 'series',
  key: string,
  settings: SettingsRow,
  labels: readonly string[],
  sourceKey: string | null,
  rules?: readonly RuleRow[],
  chunks?: readonly ChunkRow[],
];

/** As the formats 1 and 2 of the data file have it. */
export interface SeriesRecordBefore {
  readonly type: 'series';
  readonly key: string;
  readonly options: Omit<SeriesOptions, 'ignoreMaxValueDiff'> & { readonly ignoreMaxValueDiff: string };
  readonly sourceKey: string | null;
  readonly rules: readonly {
    readonly targetKey: string;
    readonly aggregator: string;
    readonly bucketMs: number;
    readonly alignment: number;
  }[];
  readonly chunks: readonly ChunkRow[];
}

export interface SeriesRecord {
  readonly type: 'series';
  readonly key: string;
  readonly options: SeriesOptions;
  readonly sourceKey: string | null;
  readonly rules: readonly RuleRow[];
  readonly chunks: readonly ChunkRow[];
}

export function seriesRow(series: Series): SeriesRow {
  const { key, labels, settings, sourceKey = null } = series;
  const rules = series.rules.map(
    ({ targetKey, aggregatorName: aggregator, bucketMs, alignment }): RuleRow => [
      targetKey,
      aggregator,
      bucketMs,
      alignment,
    ],
  );
  const chunks = series.samples.chunks.map(({ id, firstTimestamp, lastTimestamp, count }): ChunkRow => [
    id,
    firstTimestamp,
    lastTimestamp,
    count,
  ]);
  const what = ['series', key, settingsRow(settings), labels.flat(), sourceKey] as const;
  return rules.length + chunks.length > 0 ? [...what, rules, chunks] : what;
}

function settingsRow(settings: SeriesSettings): SettingsRow {
  const { retentionMs, chunkSizeBytes, encoding, duplicatePolicy, ignoreMaxTimeDiffMs, ignoreMaxValueDiff } =
    settings;
  const row = [retentionMs, chunkSizeBytes, encoding, duplicatePolicy] as const;
  const ignoresNothing = ignoreMaxTimeDiffMs === 0 && ignoreMaxValueDiff === 0;
  return ignoresNothing ? row : [...row, ignoreMaxTimeDiffMs, String(ignoreMaxValueDiff)];
}

export function recordOfRow(row: SeriesRow): SeriesRecord {
  const [type, key, settings, texts, sourceKey, rules = [], chunks = []] = row;
  const [retentionMs, chunkSizeBytes, encoding, duplicatePolicy, ignoreMaxTimeDiffMs = 0, diff = '0'] =
    settings;
  const labels = Array.from({ length: texts.length / 2 }, (_, i): Label => [
    texts[2 * i] ?? '',
    texts[2 * i + 1] ?? '',
  ]);
  const options = {
    retentionMs,
    chunkSizeBytes,
    encoding,
    duplicatePolicy,
    ignoreMaxTimeDiffMs,
    ignoreMaxValueDiff: Number(diff),
    labels,
  };
  return { type, key, options, sourceKey, rules, chunks };
}

export function recordOfBefore(record: SeriesRecordBefore): SeriesRecord {
  return {
    ...record,
    options: { ...record.options, ignoreMaxValueDiff: Number(record.options.ignoreMaxValueDiff) },
    rules: record.rules.map(({ targetKey, aggregator, bucketMs, alignment }): RuleRow => [
      targetKey,
      aggregator,
      bucketMs,
      alignment,
    ]),
  };
}

/** @throws Error for a rule that this version does not know */
export function seriesOf(id: number, record: SeriesRecord, access: ChunkAccess): Series {
  const chunks = record.chunks.map(([chunkId, firstTimestamp, lastTimestamp, count]) => ({
    id: chunkId,
    firstTimestamp,
    lastTimestamp,
    count,
  }));
  const series = new Series(id, record.key, record.options, new SampleStore(access, id, chunks));
  series.sourceKey = record.sourceKey ?? undefined;
  for (const [targetKey, aggregator, bucketMs, alignment] of record.rules) {
    const name = aggregatorName(aggregator);
    if (name === undefined) throw new Error(`The record names the unknown aggregator "${aggregator}".`);
    series.addRule(new CompactionRule(targetKey, name, bucketMs, alignment));
  }
  return series;
}
