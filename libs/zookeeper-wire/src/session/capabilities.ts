import { WireError } from '../errors/wire-error.js';

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

const NEEDED_VERSION: Readonly<Record<keyof Capabilities, string>> = {
  multiRead: 'ZooKeeper 3.6',
  persistentWatches: 'ZooKeeper 3.6',
  counts: 'ZooKeeper 3.6',
  whoAmI: 'ZooKeeper 3.7',
};

/**
 * Before an operation is sent: servers close the connection after a request that they do not know.
 *
 * @throws {WireError} `UNSUPPORTED`
 */
export function requireCapability(
  capabilities: Capabilities,
  needed: keyof Capabilities,
  operation: string,
  path?: string,
): void {
  if (capabilities[needed]) return;
  throw new WireError(
    'UNSUPPORTED',
    `${operation} was not sent, since the server does not have it: it needs ${NEEDED_VERSION[needed]}`,
    { path },
  );
}
