import { type GroupKeys } from '../keys.js';
import { type ScriptRun } from '../scripts/script-runner.js';
import {
  type Compaction,
  compactionRetentionMs,
  MEAN_COMPACTIONS,
  RESOLUTION_MS,
  SENSOR_COMPACTIONS,
} from './compaction.js';

/** A raw series of a group. */
export interface Series {
  readonly key: string;
  readonly kind: 'mean' | 'count' | 'min' | 'max' | 'sensor';
  readonly sensorId?: string;
  readonly compactions: readonly Compaction[];
}

/** The series of a group's own values, in the order of the record-ticks script. */
export function groupSeries(keys: GroupKeys): [mean: Series, count: Series, min: Series, max: Series] {
  return [
    { key: keys.mean, kind: 'mean', compactions: MEAN_COMPACTIONS },
    { key: keys.count, kind: 'count', compactions: [] },
    { key: keys.min, kind: 'min', compactions: [] },
    { key: keys.max, kind: 'max', compactions: [] },
  ];
}

/** The series of a sensor. */
export function sensorSeries(keys: GroupKeys, sensorId: string): Series {
  return { key: keys.sensor(sensorId), kind: 'sensor', sensorId, compactions: SENSOR_COMPACTIONS };
}

/** Every key that belongs to a series: its raw values and its compactions. */
export function seriesKeys(keys: GroupKeys, series: Series): string[] {
  return [series.key, ...compactionKeys(keys, series)];
}

function compactionKeys(keys: GroupKeys, { compactions, sensorId }: Series): string[] {
  return compactions.map(({ resolution, aggregate }) => keys.compaction(resolution, aggregate, sensorId));
}

/** The run of the create-series script that creates a series with its compactions. */
export function creationOf(group: string, keys: GroupKeys, series: Series, retentionMs: number): ScriptRun {
  const { key, kind, sensorId = '', compactions } = series;
  return {
    keys: [keys.sensors, key, ...compactionKeys(keys, series)],
    args: [
      ...[sensorId, group, kind, sensorLabel(sensorId), String(retentionMs)],
      ...compactions.flatMap(({ resolution, aggregate }) => [
        String(compactionRetentionMs(resolution, retentionMs)),
        aggregate,
        String(RESOLUTION_MS[resolution]),
        `${kind}:${resolution}:${aggregate}`,
      ]),
    ],
  };
}

/**
 * The id as the value of a label: percent-encoded, since RedisTimeSeries refuses `(`, `)` and `,` there. The leading
 * character of a word in capitals is encoded too, lest the label be read as an option such as `IGNORE`.
 */
export function sensorLabel(sensorId: string): string {
  const encoded = sensorId.replace(/[(),%]/g, percentEncode);
  return OPTION_NAMES.has(encoded.toUpperCase()) ? encoded.replace(/^./, percentEncode) : encoded;
}

/** Options that the create-series script does not give itself, and that a label's value must not pass for. */
const OPTION_NAMES: ReadonlySet<string> = new Set([
  'IGNORE',
  'UNCOMPRESSED',
  'COMPRESSED',
  'ON_DUPLICATE',
  'TIMESTAMP',
]);

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
