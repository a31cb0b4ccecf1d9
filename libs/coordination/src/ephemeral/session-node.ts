import { randomBytes } from 'node:crypto';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { Grant } from './grant.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { joinPath } from '../transport/znode-path.js';
import { delay } from '../waiting/abortable.js';

export interface SessionNodeOptions {
  readonly parentPath: string;
  readonly data: string;
  /** Follows the random digits of the name, and is itself followed by the server's sequence number. */
  readonly sequentialAfter?: string | undefined;
  /** `reject` (default) with `NO_NODE`, or create it: the creation is then tried again. */
  readonly onMissingParent?: 'create' | 'reject' | undefined;
}

/**
 * An ephemeral znode of one session under a name that nobody else has: 32 random hexadecimal digits, as kazoo's
 * recipes name theirs. Creation and deletion are repeated until they are done or the session is over, and outlive the
 * waits of those who asked for them.
 */
export class SessionNode {
  readonly session: Session;
  readonly #keeper: SessionKeeper;
  readonly #options: SessionNodeOptions;
  /** All of the name that is known before the creation. */
  readonly #prefix: string;
  #name: string | undefined;
  #creation: Promise<void> | undefined;
  /** Whether a creation was sent whose outcome is not known. */
  #uncertain = false;
  #abandoned = false;
  #departure: Promise<void> | undefined;

  constructor(keeper: SessionKeeper, session: Session, options: SessionNodeOptions) {
    this.#keeper = keeper;
    this.session = session;
    this.#options = options;
    this.#prefix = randomBytes(16).toString('hex') + (options.sequentialAfter ?? '');
    if (options.sequentialAfter === undefined) this.#name = this.#prefix;
  }

  /** The sequence number of a sequential one is part of it from the creation on. */
  get name(): string {
    return this.#name ?? this.#prefix;
  }

  get path(): string {
    return joinPath(this.#options.parentPath, this.name);
  }

  /**
   * Creates it, once. Rejects with the reason of the session's end. After a creation whose reply was lost the random
   * digits show whether it had been applied.
   */
  created(): Promise<void> {
    this.#creation ??= this.#create();
    return this.#creation;
  }

  /**
   * What the servers hold of it now, as seen after a quorum vouched for the session; undefined where it is not this
   * session's own, or gone. The lease counts from that contact.
   */
  async grant(): Promise<Grant | undefined> {
    await this.session.throughQuorum(this.path);
    try {
      const { stat } = await this.session.get(this.path);
      const contact = this.session.lastQuorumContact;
      if (stat.ephemeralOwner !== this.session.id || !contact) return undefined;
      return {
        session: this.session,
        parentPath: this.#options.parentPath,
        nodePath: this.path,
        id: this.#options.data,
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
    const { parentPath, data, sequentialAfter } = this.#options;
    const sequential = sequentialAfter !== undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        if (this.#uncertain && sequential && (await this.#findOwn())) return;
        if (this.#abandoned) throw new CoordinationError('OPERATION_FAILED', 'Given up before the creation');
        const path = joinPath(parentPath, this.#prefix);
        const created = await this.session.create(path, Buffer.from(data), { ephemeral: true, sequential });
        this.#name = created.path.slice(created.path.lastIndexOf('/') + 1);
        return;
      } catch (error) {
        if (hasCode(error, 'NODE_EXISTS')) {
          await this.session.restrict(this.path);
          return;
        }
        if (hasCode(error, 'NO_NODE') && this.#options.onMissingParent === 'create') {
          await this.#ensureParent();
          continue;
        }
        if (this.session.ended.aborted || !isRetryable(error)) throw error;
        this.#uncertain = true;
        await this.#keeper.usable(this.session);
        await delay(retryDelayMs(this.#keeper.retry, attempt), this.session.ended);
      }
    }
  }

  /** A connection loss is left to the creation that follows. */
  async #ensureParent(): Promise<void> {
    try {
      await this.session.ensurePath(this.#options.parentPath);
    } catch (error) {
      if (!isRetryable(error)) throw error;
    }
  }

  /**
   * Looks for what an unanswered creation may have left. A match that belongs to another session is a remainder that a
   * server which lags behind still lists.
   */
  async #findOwn(): Promise<boolean> {
    const { parentPath } = this.#options;
    // The server that answers now may lag behind the one that the creation went to.
    await this.session.throughQuorum(parentPath);
    const names = await this.session.children(parentPath);
    for (const name of names.filter((each) => each.startsWith(this.#prefix))) {
      const path = joinPath(parentPath, name);
      const stat = await this.session.exists(path);
      if (stat?.ephemeralOwner === this.session.id) {
        this.#name = name;
        await this.session.restrict(path);
        return true;
      }
      if (stat) await this.#deleteRemainder(path);
    }
    return false;
  }

  async #deleteRemainder(path: string): Promise<void> {
    try {
      await this.session.delete(path);
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) throw error;
    }
  }

  async #leave(): Promise<void> {
    if (!this.#creation) return;
    // Also where it failed: whether it was applied may not be known.
    await this.#creation.catch(() => {});
    if (this.#name === undefined && !this.#uncertain) return;
    for (let attempt = 1; !this.session.ended.aborted; attempt++) {
      try {
        if (this.#name === undefined && !(await this.#findOwn())) return;
        await this.session.delete(this.path);
        return;
      } catch (error) {
        if (hasCode(error, 'NO_NODE', 'SESSION_EXPIRED', 'CLIENT_CLOSED')) return;
        if (!isRetryable(error)) {
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
