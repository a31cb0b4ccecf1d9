/** Kind of an event of a group. */
export type StoreEventName = 'measurement' | 'status' | 'cleared';

/**
 * Something that happened in a group. `data` is a measurement (`{timestamp, value}`), the group's status (as
 * `GroupStatus`), or `{group}` for `cleared`. Ids grow; they are those of a Redis stream (`<ms>-<n>`).
 */
export interface StoreEvent {
  id: string;
  event: StoreEventName;
  data: unknown;
}

/** Options of `MeasurementStore.events`. */
export interface EventsOptions {
  /** Id of the last event already seen: what came after it (as far as it is kept) is delivered first. */
  afterId?: string | undefined;
  /** Ends the iteration. */
  signal: AbortSignal;
}
