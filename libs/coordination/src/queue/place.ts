import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { SessionNode } from '../ephemeral/session-node.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { joinPath } from '../transport/znode-path.js';
import { abortable } from '../waiting/abortable.js';
import { WakeUp } from '../connection/wake-up.js';
import type { Grant } from '../ephemeral/grant.js';
import type { QueueProtocol } from './queue-protocol.js';

export interface PlaceOptions {
  readonly path: string;
  readonly id: string;
  readonly protocol: QueueProtocol;
}

/** What became of the wait to be elected. */
export type PlaceOutcome =
  | { readonly elected: true; readonly grant: Grant; readonly predecessorGoneAtMs: number | undefined }
  /** The own znode, its parent or the session is gone: another place is to be taken. */
  | { readonly elected: false }
  /** Somebody is before it, and it was not to be waited. */
  | { readonly elected: 'occupied' };

/**
 * One place in a queue, in one session: from the creation of the znode to its deletion. The creation and the
 * deletion outlive an abort, so that no znode stays behind.
 */
export class Place {
  readonly #keeper: SessionKeeper;
  readonly #session: Session;
  readonly #path: string;
  readonly #protocol: QueueProtocol;
  readonly #node: SessionNode;

  constructor(keeper: SessionKeeper, session: Session, { path, id, protocol }: PlaceOptions) {
    this.#keeper = keeper;
    this.#session = session;
    this.#path = path;
    this.#protocol = protocol;
    this.#node = new SessionNode(keeper, session, {
      parentPath: path,
      data: id,
      sequentialAfter: protocol.nodeName,
      onMissingParent: 'create',
    });
  }

  /** Waits to be granted the place at the head, or only looks. Rejects with the signal's reason on abort. */
  async elected(signal: AbortSignal, whenOccupied: 'wait' | 'leave' = 'wait'): Promise<PlaceOutcome> {
    let predecessorGoneAtMs: number | undefined;
    try {
      await abortable(this.#node.created(), signal);
      for (;;) {
        try {
          const children = await abortable(this.#session.children(this.#path), signal);
          const place = this.#protocol.placeOf(children, this.#node.name);
          if (!place) return { elected: false };
          if (place.behind === undefined) {
            const grant = await abortable(this.#node.grant(), signal);
            return grant ? { elected: true, grant, predecessorGoneAtMs } : { elected: false };
          }
          if (whenOccupied === 'leave') return { elected: 'occupied' };
          await this.#changed(place.behind, signal);
          predecessorGoneAtMs = performance.now();
        } catch (error) {
          signal.throwIfAborted();
          if (this.#session.ended.aborted || !isRetryable(error)) throw error;
          // The same session may come back, with the znode and its place in the queue.
          await this.#keeper.usable(this.#session, signal);
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      if (hasCode(error, 'NO_NODE', 'SESSION_EXPIRED') || this.#session.ended.aborted)
        return { elected: false };
      throw error;
    }
  }

  /**
   * Deletes the znode, even one that arrives late; retried until it is gone or the session is over. Resolves then,
   * and never rejects.
   */
  leave(): Promise<void> {
    return this.#node.leave();
  }

  /**
   * Waits until something happens to the predecessor; the order is then computed anew. It is watched by a data read:
   * `exists` would leave a watch behind on a znode that is gone already.
   */
  async #changed(predecessor: string, signal: AbortSignal): Promise<void> {
    using wakeUp = new WakeUp(this.#keeper, this.#session);
    const watching = this.#session
      .getWatched(joinPath(this.#path, predecessor), wakeUp.wake)
      .then(({ unwatch }) => {
        wakeUp.watchedBy(unwatch);
      });
    try {
      await abortable(watching, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (hasCode(error, 'NO_NODE')) return;
      throw error;
    }
    await wakeUp.wait(signal);
  }
}
