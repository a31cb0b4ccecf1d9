import { randomBytes } from 'node:crypto';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { Grant } from '../election/leader-term.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { joinPath } from '../transport/znode-path.js';
import { delay } from '../waiting/abortable.js';

/**
 * An ephemeral znode of one session under a name that nobody else has (32 random hexadecimal digits), as kazoo's
 * semaphore and double barrier name theirs. Creation and deletion are repeated until they are done or the session is
 * over, and outlive the waits of those who asked for them.
 */
export class SessionNode {
  readonly name = randomBytes(16).toString('hex');
  readonly session: Session;
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #parentPath: string;
  readonly #data: string;
  #creation: Promise<void> | undefined;
  #abandoned = false;
  #departure: Promise<void> | undefined;

  constructor(keeper: SessionKeeper, session: Session, parentPath: string, data: string) {
    this.#keeper = keeper;
    this.session = session;
    this.#parentPath = parentPath;
    this.path = joinPath(parentPath, this.name);
    this.#data = data;
  }

  /**
   * Creates it, once. Rejects with `NO_NODE` where the parent is missing, and with the reason of the session's end.
   * A creation whose reply was lost is sent again: the name tells that the first one had been applied.
   */
  created(): Promise<void> {
    this.#creation ??= this.#create();
    return this.#creation;
  }

  /**
   * What the servers hold of it now, as seen after the ensemble's leader was reached; undefined where it is not this
   * session's own, or gone.
   */
  async grant(): Promise<Grant | undefined> {
    await this.session.sync();
    try {
      const { stat } = await this.session.get(this.path);
      const contact = this.session.lastLeaderContact;
      if (stat.ephemeralOwner !== this.session.id || !contact) return undefined;
      return {
        session: this.session,
        electionPath: this.#parentPath,
        nodePath: this.path,
        id: this.#data,
        token: stat.czxid,
        version: stat.version,
        contact,
      };
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return undefined;
      throw error;
    }
  }

  /** Deletes it, even where it arrives late. Resolves when it is gone or the session is over; never rejects. */
  leave(): Promise<void> {
    this.#abandoned = true;
    this.#departure ??= this.#leave();
    return this.#departure;
  }

  async #create(): Promise<void> {
    const data = Buffer.from(this.#data);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.session.create(this.path, data, { ephemeral: true, sequential: false });
        return;
      } catch (error) {
        if (hasCode(error, 'NODE_EXISTS')) {
          await this.session.restrict(this.path);
          return;
        }
        if (!isRetryable(error) || this.#abandoned) throw error;
        await this.#keeper.usable(this.session);
        await delay(retryDelayMs(this.#keeper.retry, attempt), this.session.ended);
      }
    }
  }

  async #leave(): Promise<void> {
    if (!this.#creation) return;
    // Also where it failed: whether it was applied may not be known.
    await this.#creation.catch(() => {});
    for (let attempt = 1; !this.session.ended.aborted; attempt++) {
      try {
        await this.session.delete(this.path);
        return;
      } catch (error) {
        if (hasCode(error, 'NO_NODE')) return;
        if (!isRetryable(error) && error instanceof CoordinationError) {
          this.#keeper.logger.warn(
            { err: error, path: this.path },
            'A znode could not be deleted; trying again',
          );
        }
        await this.#keeper.usable(this.session).catch(() => {});
        await delay(retryDelayMs(this.#keeper.retry, attempt), this.session.ended).catch(() => {});
      }
    }
  }
}
