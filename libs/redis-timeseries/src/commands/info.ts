import { type Command } from '../command.js';
import { decodeLabels, decodePairs } from '../pairs.js';
import {
  decodeArray,
  decodeInteger,
  decodeText,
  decodeTimestamp,
  decodeValue,
  type Timestamp,
} from '../sample.js';

/** A compaction of a series. */
export interface CompactionRule {
  destination: string;
  bucketMs: number;
  /** In the server's spelling, upper case. */
  aggregator: string;
  /** 0 where the server is too old to report it. */
  alignTimestamp: Timestamp;
}

/** What {@link tsInfo} answers. */
export interface SeriesInfo {
  totalSamples: number;
  memoryUsageBytes: number;
  firstTimestamp: Timestamp;
  lastTimestamp: Timestamp;
  retentionMs: number;
  chunkCount: number;
  chunkSizeBytes: number;
  chunkType: string;
  /** Null where the server's default applies. */
  duplicatePolicy: string | null;
  labels: Record<string, string | null>;
  /** Key of the series that this one is a compaction of. */
  sourceKey: string | null;
  rules: CompactionRule[];
  /** Undefined before RedisTimeSeries 1.12. */
  ignore: { maxTimeDifferenceMs: number; maxValueDifference: number } | undefined;
}

/** A chunk of a series, as the server keeps it. */
export interface ChunkInfo {
  firstTimestamp: Timestamp;
  lastTimestamp: Timestamp;
  samples: number;
  sizeBytes: number;
  bytesPerSample: number;
}

/** What {@link tsInfo} answers with `debug`. */
export interface SeriesDebugInfo extends SeriesInfo {
  /** The key as the series itself knows it. */
  keySelfName: string;
  /** Oldest first; an empty series has one without samples. */
  chunks: ChunkInfo[];
}

/** `TS.INFO`: settings and figures of a series; with `debug` its chunks, too. */
export function tsInfo(key: string, options: { debug: true }): Command<SeriesDebugInfo>;
export function tsInfo(key: string, options?: { debug?: false | undefined }): Command<SeriesInfo>;
export function tsInfo(
  key: string,
  { debug = false }: { debug?: boolean | undefined } = {},
): Command<SeriesInfo> {
  if (!debug) return { name: 'TS.INFO', args: [key], keys: [key], decode: decodeInfo };
  return { name: 'TS.INFO', args: [key, 'DEBUG'], keys: [key], decode: decodeDebugInfo };
}

function decodeDebugInfo(reply: unknown): SeriesDebugInfo {
  const fields = new Map(decodePairs(reply));
  return {
    ...decodeInfo(reply),
    keySelfName: decodeText(fields.get('keySelfName')),
    chunks: decodeArray(fields.get('Chunks')).map((chunk) => {
      const figures = new Map(decodePairs(chunk));
      return {
        firstTimestamp: decodeTimestamp(figures.get('startTimestamp')),
        lastTimestamp: decodeTimestamp(figures.get('endTimestamp')),
        samples: decodeInteger(figures.get('samples')),
        sizeBytes: decodeInteger(figures.get('size')),
        bytesPerSample: decodeValue(figures.get('bytesPerSample')),
      };
    }),
  };
}

function decodeInfo(reply: unknown): SeriesInfo {
  const fields = new Map(decodePairs(reply));
  const integer = (name: string): number => decodeInteger(fields.get(name));
  const textOrNull = (name: string): string | null => {
    const value = fields.get(name);
    return value === null || value === undefined ? null : decodeText(value);
  };
  return {
    totalSamples: integer('totalSamples'),
    memoryUsageBytes: integer('memoryUsage'),
    firstTimestamp: decodeTimestamp(fields.get('firstTimestamp')),
    lastTimestamp: decodeTimestamp(fields.get('lastTimestamp')),
    retentionMs: integer('retentionTime'),
    chunkCount: integer('chunkCount'),
    chunkSizeBytes: integer('chunkSize'),
    chunkType: decodeText(fields.get('chunkType')),
    duplicatePolicy: textOrNull('duplicatePolicy'),
    labels: decodeLabels(fields.get('labels')),
    sourceKey: textOrNull('sourceKey'),
    rules: decodeRules(fields.get('rules')),
    ignore: fields.has('ignoreMaxTimeDiff')
      ? {
          maxTimeDifferenceMs: integer('ignoreMaxTimeDiff'),
          maxValueDifference: decodeValue(fields.get('ignoreMaxValDiff')),
        }
      : undefined,
  };
}

/** RESP2 lists `[destination, bucket, aggregator, alignment]`; RESP3 maps the destination to the other three. */
function decodeRules(reply: unknown): CompactionRule[] {
  const rules =
    Array.isArray(reply) && (reply.length === 0 || Array.isArray(reply[0]))
      ? reply.map((rule) => decodeArray(rule))
      : decodePairs(reply).map(([destination, rest]) => [destination, ...decodeArray(rest)]);
  return rules.map(([destination, bucketMs, aggregator, alignTimestamp]) => ({
    destination: decodeText(destination),
    bucketMs: decodeInteger(bucketMs),
    aggregator: decodeText(aggregator),
    alignTimestamp: alignTimestamp === undefined ? 0 : decodeTimestamp(alignTimestamp),
  }));
}
