import type { Codec } from '../codec/codec.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/**
 * What `register` does where somebody else's znode holds the id:
 * - `fail`: rejects with `REGISTRATION_CONFLICT`
 * - `wait`: waits until it is gone
 * - `takeover`: deletes it and registers; the one it is taken from will not take it back
 */
export type OnConflict = 'fail' | 'wait' | 'takeover';

export interface RegisterOptions<T> extends WaitOptions {
  /** Name of the znode below the parent. */
  readonly id: string;
  readonly value: T;
  readonly codec?: Codec<T> | undefined;
  /** Default `fail`. */
  readonly onConflict?: OnConflict | undefined;
}

/**
 * - `registered`: the znode is there, as far as the connection can tell
 * - `pending`: it is to be written again (after an expiry, an outage, a deletion by others)
 * - `conflict`: somebody else registered the id in the meantime; taken up again as soon as they leave
 * - `closed`: for good
 */
export type RegistrationState = 'registered' | 'pending' | 'conflict' | 'closed';

/**
 * An ephemeral znode that is kept up: after a session expiry, an outage or a deletion by others it is written again
 * under the same name, with the latest value.
 */
export interface Registration<T> extends AsyncDisposable {
  readonly id: string;
  readonly path: string;
  readonly state: RegistrationState;
  /** Called with each change of state, in order. */
  on(event: 'state', listener: (state: RegistrationState) => void): Disposer;
  /**
   * Writes a value. While suspended it is kept, the latest wins, and it is written on reconnection; the promise
   * resolves when this value or a later one is in ZooKeeper, and rejects with `REGISTRATION_CONFLICT` while
   * somebody else holds the id. An aborted signal ends the wait, the value stays set.
   */
  set(value: T, options?: WaitOptions): Promise<void>;
  /** Deletes the znode, in the background if there is no connection. Idempotent. */
  close(): Promise<void>;
}
