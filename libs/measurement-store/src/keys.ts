import { InvalidQueryError } from './errors.js';
import { type Resolution } from './series/compaction.js';

/**
 * Every key name of the store is built here. The braces keep all keys of a group in one Redis Cluster slot; a group's
 * name holds none itself. A compaction's name starts with its resolution, so that no sensor id can name it.
 */
export interface GroupKeys {
  /** Hash: ensemble → newest token of it, `*` → newest of all. */
  readonly fence: string;
  /** Hash: the newest tick's status, and how many measurements were stored. */
  readonly status: string;
  /** Hash: sensor id → `<timestamp> <value>` of its last value, or empty where it has none. */
  readonly sensors: string;
  /** Stream of events, capped. */
  readonly events: string;
  /** Pub/sub channel on which the id of each write's last event is published. */
  readonly channel: string;
  /** Hash: tick → digest of a stored report whose sensors are not all stored yet. */
  readonly pending: string;
  /** Stream of terms that are over and of how they ended, capped. */
  readonly terms: string;
  /** Hash: the settings that the group's series were created with. */
  readonly settings: string;
  /** String that is written to see whether the server takes writes. */
  readonly probe: string;
  /** Raw series of the group's own values. */
  readonly mean: string;
  readonly count: string;
  readonly min: string;
  readonly max: string;
  /** Raw series of a sensor. */
  sensor(sensorId: string): string;
  /** Compaction of the mean, or of a sensor. */
  compaction(resolution: Resolution, aggregate: string, sensorId?: string): string;
}

const GROUP = /^[A-Za-z0-9._-]{1,64}$/;

/** Groups whose keys are kept; a process that sees more builds some again. */
const MAX_KEPT_GROUPS = 1_000;

const kept = new Map<string, GroupKeys>();

/** The keys of a group. */
export function groupKeys(group: string): GroupKeys {
  const known = kept.get(group);
  if (known !== undefined) return known;
  const keys = buildKeys(group);
  if (kept.size >= MAX_KEPT_GROUPS) kept.clear();
  kept.set(group, keys);
  return keys;
}

function buildKeys(group: string): GroupKeys {
  if (!GROUP.test(group))
    throw new InvalidQueryError(`Group ${JSON.stringify(group)} does not match ${GROUP.source}.`);
  const prefix = `atalaya:{${group}}:`;
  return {
    fence: `${prefix}fence`,
    status: `${prefix}status`,
    sensors: `${prefix}sensors`,
    events: `${prefix}events`,
    channel: `${prefix}events`,
    pending: `${prefix}pending`,
    terms: `${prefix}terms`,
    settings: `${prefix}settings`,
    probe: `${prefix}probe`,
    mean: `${prefix}mean`,
    count: `${prefix}count`,
    min: `${prefix}min`,
    max: `${prefix}max`,
    sensor: (sensorId) => `${prefix}sensor:${sensorId}`,
    compaction: (resolution, aggregate, sensorId) =>
      `${prefix}${resolution}:${aggregate}:${sensorId === undefined ? 'mean' : `sensor:${sensorId}`}`,
  };
}
