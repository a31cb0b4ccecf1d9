import type { WaitOptions } from '../waiting/wait-options.js';
import type { OnConflict, Registration } from '../registration/registration.js';
import type { ServiceAddress } from './service-address.js';

/** Where the leader of a service is looked for. */
export interface DiscoveryOptions extends WaitOptions {
  /** The election whose leader is shown, by the ids of its candidates. Default `<path>/election`. */
  readonly electionPath?: string | undefined;
}

/** What an instance says of itself. */
export interface AnnounceOptions extends WaitOptions {
  /** Name of the instance, unique within the service; the id with which it takes part in the election, if it does. */
  readonly id: string;
  readonly address: ServiceAddress;
  /** What is done where somebody else's znode holds the id. Default `fail`. */
  readonly onConflict?: OnConflict | undefined;
}

/** A living instance of a service. */
export interface ServiceInstance extends ServiceAddress {
  readonly id: string;
  /** Whether it leads the service's election at the moment, as far as is known here. */
  readonly leads: boolean;
}

/** The instances of a service at one moment. */
export interface DiscoverySnapshot {
  /** Sorted by id. */
  readonly instances: readonly ServiceInstance[];
  /** The one of them that leads; undefined while nobody does, or the leader has not announced itself. */
  readonly leader: ServiceInstance | undefined;
  /** Ids of znodes whose data is not an address; they are never picked. */
  readonly invalid: readonly string[];
  /** True while this may be out of date: cut off, or not yet read again after a reconnection. */
  readonly stale: boolean;
}

/**
 * - `round-robin`: each in its turn, counted within this object
 * - `random`: each with the same probability
 * - `{ stickyBy: key }`: the same one for the same key, on every machine, as long as it lives
 */
export type PickStrategy = 'round-robin' | 'random' | { readonly stickyBy: string };

/**
 * The living instances of one service: each announces its address as JSON in an ephemeral znode below
 * `<path>/instances`, and whoever looks for the service holds a live view of them, which costs no request to pick from.
 *
 * The instances elect their leader among themselves by `client.election(discovery.electionPath, { id })` with the ids
 * they announce. Here the leader is only observed: to act as one takes a term.
 *
 * While ZooKeeper cannot be reached, the instances known last stay in the view, which says that it is stale: an old
 * address is as a rule better than none.
 */
export interface Discovery extends AsyncDisposable {
  readonly path: string;
  readonly electionPath: string;
  /**
   * Announces an instance until the registration is closed, through expiries and outages; `set` changes its address.
   * Resolves as soon as it is registered, and in no particular order with the own view. Rejects with a `TypeError` for
   * an address that is none, with `REGISTRATION_CONFLICT`, and with the signal's reason.
   */
  announce(options: AnnounceOptions): Promise<Registration<ServiceAddress>>;
  /** What is known now, without a request. */
  snapshot(): DiscoverySnapshot;
  /** One of the living. Throws `NO_INSTANCE` where there is none. Default `round-robin`. */
  pick(strategy?: PickStrategy): ServiceInstance;
  /**
   * The content now, then after each change of the instances or the leader; what nobody waits for is passed over. Ends
   * when the discovery is closed.
   */
  changes(options?: WaitOptions): AsyncIterableIterator<DiscoverySnapshot>;
  /** Ends the view, not the announcements. Idempotent. */
  close(): Promise<void>;
}
