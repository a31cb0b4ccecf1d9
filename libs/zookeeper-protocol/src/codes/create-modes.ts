/** ZooKeeper's flags for each kind of znode, as in `CreateMode`. */
export const CREATE_MODES = {
  persistent: 0,
  ephemeral: 1,
  'persistent-sequential': 2,
  'ephemeral-sequential': 3,
  container: 4,
  ttl: 5,
  'ttl-sequential': 6,
} as const;

/** Kind of a znode to create. */
export type CreateMode = keyof typeof CREATE_MODES;
