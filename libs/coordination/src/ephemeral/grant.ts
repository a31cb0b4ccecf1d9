import type { Session } from '../connection/session.js';
import type { Contact } from '../transport/transport.js';

/** What an own ephemeral znode entitles to, as its session has proved. */
export interface Grant {
  readonly session: Session;
  readonly parentPath: string;
  /** Path of the own znode. */
  readonly nodePath: string;
  readonly id: string;
  readonly token: bigint;
  readonly version: number;
  /** The quorum's acknowledgement from which the lease counts. */
  readonly contact: Contact;
}
