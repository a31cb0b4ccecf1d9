/** What the server of a connection has, as found out when it was connected to. */
export interface Capabilities {
  /** `multiRead`: from ZooKeeper 3.6 on. */
  readonly multiRead: boolean;
  /** `addWatch`, and persistent watches that outlive a reconnection: from 3.6 on. */
  readonly persistentWatches: boolean;
  /** `getEphemerals` and `getAllChildrenNumber`: from 3.6 on. */
  readonly counts: boolean;
  /** `whoAmI`: from 3.7 on. */
  readonly whoAmI: boolean;
}
