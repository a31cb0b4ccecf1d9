import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { joinPath } from '../transport/znode-path.js';
import { abortable, delay } from '../waiting/abortable.js';
import { deferred } from '../waiting/deferred.js';
import { DisposalScope } from '../waiting/disposal-scope.js';
import { onAbort } from '../waiting/on-abort.js';
import type { Grant } from './leader-term.js';
import { lockQueue, newLockPrefix } from './lock-node.js';

/** What became of the wait to be elected. */
export type CandidacyOutcome =
  | { readonly elected: true; readonly grant: Grant; readonly predecessorGoneAtMs: number | undefined }
  /** The own znode, its parent or the session is gone: a new candidacy is to be begun. */
  | { readonly elected: false };

/**
 * One place in the queue, in one session: from the creation of the znode to its deletion. The creation and the
 * deletion outlive an abort, so that no znode stays behind.
 */
export class Candidacy {
  readonly #keeper: SessionKeeper;
  readonly #session: Session;
  readonly #electionPath: string;
  readonly #id: string;
  readonly #prefix = newLockPrefix();
  readonly #creation: Promise<string | undefined>;
  #abandoned = false;
  #departure: Promise<void> | undefined;

  constructor(keeper: SessionKeeper, session: Session, electionPath: string, id: string) {
    this.#keeper = keeper;
    this.#session = session;
    this.#electionPath = electionPath;
    this.#id = id;
    this.#creation = this.#create();
    this.#creation.catch(() => {});
  }

  /** Waits to be first in the queue. Rejects with the signal's reason on abort. */
  async elected(signal: AbortSignal): Promise<CandidacyOutcome> {
    const name = await abortable(this.#creation, signal);
    if (name === undefined) return { elected: false };
    let predecessorGoneAtMs: number | undefined;
    for (;;) {
      try {
        const queue = lockQueue(await abortable(this.#session.children(this.#electionPath), signal));
        const position = queue.findIndex((node) => node.name === name);
        if (position === -1) return { elected: false };
        const predecessor = queue[position - 1];
        if (!predecessor) {
          const grant = await abortable(this.#claim(name), signal);
          return grant ? { elected: true, grant, predecessorGoneAtMs } : { elected: false };
        }
        await this.#gone(predecessor.name, signal);
        predecessorGoneAtMs = performance.now();
      } catch (error) {
        if (hasCode(error, 'NO_NODE', 'SESSION_EXPIRED')) return { elected: false };
        if (!isRetryable(error)) throw error;
        // The same session may come back, with the znode and its place in the queue.
        if (!(await this.#usableAgain(signal))) return { elected: false };
      }
    }
  }

  /**
   * Deletes the znode, even one that arrives late; retried until it is gone or the session is over. Resolves then,
   * and never rejects.
   */
  leave(): Promise<void> {
    this.#abandoned = true;
    this.#departure ??= this.#leave();
    return this.#departure;
  }

  async #leave(): Promise<void> {
    const name = await this.#creation.catch(() => undefined);
    if (name !== undefined) await this.#deleteUntilGone(joinPath(this.#electionPath, name));
  }

  /**
   * Creates the znode; its name, or undefined where the session ended first. After a connection loss the znode is
   * looked for by its prefix before it is created again: perhaps only the reply was lost.
   */
  async #create(): Promise<string | undefined> {
    let uncertain = false;
    for (let attempt = 1; ; attempt++) {
      try {
        if (uncertain) {
          const found = await this.#findOwn();
          if (found !== undefined) return found;
          uncertain = false;
        }
        if (this.#abandoned) return undefined;
        const path = await this.#session.create(
          joinPath(this.#electionPath, this.#prefix),
          Buffer.from(this.#id),
          { ephemeral: true, sequential: true },
        );
        return path.slice(path.lastIndexOf('/') + 1);
      } catch (error) {
        if (hasCode(error, 'NO_NODE')) {
          await this.#session.ensurePath(this.#electionPath).catch((cause: unknown) => {
            if (!isRetryable(cause)) throw cause;
          });
        } else if (hasCode(error, 'SESSION_EXPIRED')) return undefined;
        else if (!isRetryable(error)) throw error;
        else {
          uncertain = true;
          if (!(await this.#usableAgain())) return undefined;
          await delay(retryDelayMs(this.#keeper.retry, attempt));
        }
      }
    }
  }

  /** A match that belongs to another session is a remainder that a server which lags behind still lists. */
  async #findOwn(): Promise<string | undefined> {
    const names = await this.#session.children(this.#electionPath);
    for (const name of names.filter((each) => each.startsWith(this.#prefix))) {
      const path = joinPath(this.#electionPath, name);
      try {
        const { stat } = await this.#session.get(path);
        if (stat.ephemeralOwner === this.#session.id) {
          await this.#session.restrict(path);
          return name;
        }
        await this.#session.delete(path);
      } catch (error) {
        if (!hasCode(error, 'NO_NODE')) throw error;
      }
    }
    return undefined;
  }

  /**
   * First in the queue: the place counts only if the znode is this session's own, as seen after the ensemble's leader
   * was reached. The lease counts from that contact.
   */
  async #claim(name: string): Promise<Grant | undefined> {
    const nodePath = joinPath(this.#electionPath, name);
    await this.#session.sync();
    const { stat } = await this.#session.get(nodePath);
    const contact = this.#session.lastLeaderContact;
    if (stat.ephemeralOwner !== this.#session.id || !contact) return undefined;
    return {
      session: this.#session,
      electionPath: this.#electionPath,
      nodePath,
      id: this.#id,
      token: stat.czxid,
      version: stat.version,
      contact,
    };
  }

  /**
   * Waits until something happens to the predecessor. It is watched by a data read: `exists` would leave a watch behind
   * on a znode that is gone already. A reconnection wakes too, since anything may have happened in between.
   */
  async #gone(predecessor: string, signal: AbortSignal): Promise<void> {
    const woken = deferred<undefined>();
    const wake = () => {
      woken.resolve(undefined);
    };
    using scope = new DisposalScope();
    scope.add(onAbort(this.#session.ended, wake));
    const watching = this.#session
      .getWatched(joinPath(this.#electionPath, predecessor), wake)
      .then(({ unwatch }) => {
        scope.add(unwatch);
      });
    try {
      await abortable(watching, signal);
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return;
      throw error;
    }
    scope.add(
      this.#keeper.onState((state) => {
        if (state === 'connected') wake();
      }),
    );
    await abortable(woken.promise, signal);
    this.#session.ended.throwIfAborted();
  }

  async #deleteUntilGone(path: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#session.delete(path);
        return;
      } catch (error) {
        if (hasCode(error, 'NO_NODE', 'SESSION_EXPIRED', 'CLIENT_CLOSED')) return;
        if (!isRetryable(error)) {
          this.#keeper.logger.warn(
            { err: error, path },
            "A candidate's znode could not be deleted; trying again",
          );
        }
        if (!(await this.#usableAgain())) return;
        await delay(retryDelayMs(this.#keeper.retry, attempt), this.#session.ended).catch(() => {});
      }
    }
  }

  /** Whether the session could be used again; false when it is over. Rejects only with the signal's reason. */
  async #usableAgain(signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#keeper.usable(this.#session, signal);
      return true;
    } catch (error) {
      if (signal?.aborted) throw error;
      return false;
    }
  }
}
