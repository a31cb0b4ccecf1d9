import type { WaitOptions } from '../waiting/wait-options.js';

/** Who takes part. */
export interface PartyOptions {
  /** Under which this participant is listed; not checked for being the only one of that name. */
  readonly id: string;
}

/**
 * Who takes part at the moment, in the protocol of kazoo's `Party`: each participant has an ephemeral znode under a name
 * of its own, `<32 hex digits>__party__`, that holds its id. It is created anew in a new session.
 *
 * For values that change, or to be called when somebody comes or goes, see `membership`.
 */
export interface Party extends AsyncDisposable {
  readonly path: string;
  readonly id: string;
  /** Whether this one has joined, and not left. */
  readonly participating: boolean;
  /**
   * Takes part; without effect for one that does. Creates the path where it is missing. Rejects with `CLIENT_CLOSED`, an
   * error of the server that trying again does not help, or the signal's reason: nothing is left behind then.
   */
  join(options?: WaitOptions): Promise<void>;
  /** Takes no part any more; never rejects. The znode is deleted by the end of the session at the latest. */
  leave(): Promise<void>;
  /**
   * The ids of all participants, kazoo's included, in no order: as the server that is asked knows them. An id is there as
   * often as there are participants of it. A missing path has none.
   */
  ids(options?: WaitOptions): Promise<string[]>;
}
