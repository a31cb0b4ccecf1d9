import { type BoundedConnection } from '../connection/bounded-connection.js';
import { LimitReachedError } from '../errors.js';
import { type GroupKeys } from '../keys.js';
import { groupNames } from '../reading/group-names.js';
import { type Series } from './series.js';

/** How long the number of groups is taken for right, in ms: other replicas create some, and clearing removes some. */
const COUNT_HOLDS_MS = 10_000;

/** Most groups, and sensors of one group, that the store creates series for. */
export interface SeriesLimitOptions {
  readonly maxGroups: number;
  readonly maxSensorsPerGroup: number;
}

/**
 * Bounds what writers can create. Looked at only where series are missing, so that known groups and sensors cost nothing;
 * with several replicas it can be passed by what they create within 10 s.
 */
export class SeriesLimits {
  readonly #connection: BoundedConnection;
  readonly #options: SeriesLimitOptions;
  readonly #now: () => number;
  #groups = 0;
  #countedAt = -Infinity;

  /** `now` is a monotonic clock in ms. */
  constructor(
    connection: BoundedConnection,
    options: SeriesLimitOptions,
    now: () => number = () => performance.now(),
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#now = now;
  }

  /** Whether these series of a group may be created. @throws LimitReachedError */
  async require(group: string, keys: GroupKeys, series: readonly Series[]): Promise<void> {
    const sensors = series.filter(({ kind }) => kind === 'sensor').length;
    if (sensors > 0) await this.#requireRoomForSensors(group, keys, sensors);
    if (series.some(({ kind }) => kind === 'mean')) await this.#requireRoomForGroup(group);
  }

  async #requireRoomForSensors(group: string, keys: GroupKeys, sensors: number): Promise<void> {
    const { maxSensorsPerGroup } = this.#options;
    const known = await this.#connection.run((redis) => redis.hlen(keys.sensors));
    if (known + sensors > maxSensorsPerGroup) {
      throw new LimitReachedError({ of: 'sensors', limit: maxSensorsPerGroup, known, group, added: sensors });
    }
  }

  async #requireRoomForGroup(group: string): Promise<void> {
    const { maxGroups } = this.#options;
    if (this.#now() - this.#countedAt >= COUNT_HOLDS_MS) {
      this.#groups = (await groupNames(this.#connection)).length;
      this.#countedAt = this.#now();
    }
    if (this.#groups >= maxGroups) {
      throw new LimitReachedError({ of: 'groups', limit: maxGroups, known: this.#groups, group, added: 1 });
    }
    this.#groups += 1;
  }
}
