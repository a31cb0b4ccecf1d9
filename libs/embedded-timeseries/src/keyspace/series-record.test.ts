import { SampleStore } from '../series/sample-store.js';
import { CompactionRule } from '../series/compaction-rule.js';
import { Series, type SeriesOptions } from '../series/series.js';
import { decodeObject, describeObject, encodeObject } from './record-codec.js';

const refuse = (): never => {
  throw new Error('no chunk is read');
};
const NO_CHUNKS = { read: refuse, write: refuse, readToSeal: refuse, writeSealed: refuse, remove: refuse };

const OPTIONS: SeriesOptions = {
  retentionMs: 86_400_000,
  chunkSizeBytes: 256,
  encoding: 'compressed',
  duplicatePolicy: 'first',
  ignoreMaxTimeDiffMs: 0,
  ignoreMaxValueDiff: 0,
  labels: [
    ['group', 'default'],
    ['sensor', 'é"1'],
  ],
};

function seriesWith(options: Partial<SeriesOptions>): Series {
  const chunks = [{ id: 3, firstTimestamp: 5, lastTimestamp: 9, count: 2 }];
  return new Series(7, 'key:é', { ...OPTIONS, ...options }, new SampleStore(NO_CHUNKS, 7, chunks));
}

function again(series: Series): Series {
  return decodeObject(series.id, encodeObject(series), NO_CHUNKS) as Series;
}

test('a series is as it was stored', () => {
  for (const options of [
    {},
    { labels: [] },
    { ignoreMaxTimeDiffMs: 5, ignoreMaxValueDiff: Infinity },
    { ignoreMaxValueDiff: 0.1 },
    { encoding: 'uncompressed', duplicatePolicy: 'sum', retentionMs: 0 },
  ] as const) {
    const series = seriesWith(options);
    series.addRule(new CompactionRule('target', 'std.p', 60_000, 5));
    const read = again(series);
    expect(read).toMatchObject({
      key: series.key,
      labels: series.labels,
      settings: series.settings,
      rules: series.rules,
      sourceKey: undefined,
    });
    expect(read.samples.chunks).toEqual(series.samples.chunks);
    expect(describeObject(encodeObject(series))).toEqual({
      key: series.key,
      labels: series.labels,
      expiresAtMs: undefined,
    });
  }
});

test('one without rules and sealed samples is short', () => {
  const series = new Series(7, 'target', OPTIONS, new SampleStore(NO_CHUNKS, 7));
  series.sourceKey = 'source';
  expect(encodeObject(series).toString('latin1')).toBe(
    '["series","target",[86400000,256,"compressed","first"],["group","default","sensor","é\\"1"],"source"]',
  );
  expect(again(series)).toMatchObject({ sourceKey: 'source', rules: [], labels: OPTIONS.labels });
});

test('the record of formats before is read', () => {
  const before =
    '{"type":"series","key":"key:é","options":{"retentionMs":86400000,"chunkSizeBytes":256,"encoding":"compressed",' +
    '"duplicatePolicy":"first","ignoreMaxTimeDiffMs":7,"ignoreMaxValueDiff":"Infinity","labels":[["group","default"]]},' +
    '"sourceKey":"source","rules":[{"targetKey":"target","aggregator":"avg","bucketMs":60000,"alignment":5}],' +
    '"chunks":[[3,5,9,2]]}';
  const bytes = Buffer.from(before, 'latin1');
  const read = decodeObject(7, bytes, NO_CHUNKS) as Series;
  const { labels, ...settings } = OPTIONS;
  expect(read).toMatchObject({
    key: 'key:é',
    labels: labels.slice(0, 1),
    settings: { ...settings, ignoreMaxTimeDiffMs: 7, ignoreMaxValueDiff: Infinity },
    rules: [new CompactionRule('target', 'avg', 60_000, 5)],
    sourceKey: 'source',
  });
  expect(read.samples.chunks).toEqual([{ id: 3, firstTimestamp: 5, lastTimestamp: 9, count: 2 }]);
  expect(describeObject(bytes)).toMatchObject({ key: 'key:é', labels: labels.slice(0, 1) });
});
