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

/** What {@link tsInfo} tells. */
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

/** `TS.INFO`: settings and figures of a series. */
export function tsInfo(key: string): Command<SeriesInfo> {
  return { name: 'TS.INFO', args: [key], keys: [key], decode: decodeInfo };
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
