/** What a watch has seen, by ZooKeeper's number for it. */
const EVENT_TYPES = {
  created: 1,
  deleted: 2,
  changed: 3,
  child: 4,
  none: -1,
} as const;

/** What a watch has seen; `none` is an event of the session alone. */
export type WatchEventType = keyof typeof EVENT_TYPES;

const NAMES = new Map<number, WatchEventType>(
  Object.entries(EVENT_TYPES).map(([name, code]) => [code, name as WatchEventType]),
);

/** Name of an event's type; `none` for one that is not known here. */
export function watchEventType(code: number): WatchEventType {
  return NAMES.get(code) ?? 'none';
}

/** ZooKeeper's number for it. */
export function watchEventCode(type: WatchEventType): number {
  return EVENT_TYPES[type];
}

/** Modes of `addWatch`. */
export const ADD_WATCH_MODES = { persistent: 0, 'persistent-recursive': 1 } as const;

export type AddWatchMode = keyof typeof ADD_WATCH_MODES;

/** Which watches `removeWatches` and `checkWatches` are about. */
export const WATCHER_TYPES = { children: 1, data: 2, any: 3 } as const;

export type WatcherType = keyof typeof WATCHER_TYPES;
