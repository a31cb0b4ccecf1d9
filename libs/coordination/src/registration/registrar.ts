import { checkData, checkOptions } from '../arguments/arguments.js';
import type { Codec } from '../codec/codec.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { isRetryable } from '../errors/is-retryable.js';
import { assertZnodeName, assertZnodePath, joinPath } from '../transport/znode-path.js';
import { onAbort } from '../waiting/on-abort.js';
import { abortable, reasonOf } from '../waiting/abortable.js';
import { CodedRegistration, defaultCodec } from './coded-registration.js';
import { GatheredRequests } from './gathered-requests.js';
import { KeptNode } from './kept-node.js';
import type { RegisterOptions, Registration } from './registration.js';

/** Registrations worked on at a time: after an expiry thousands are written again without flooding the server. */
export const registrationWindow = 256;
/** How long a lazy look at a registration may be put off, so that many are made together. */
const sweepMs = 1_000;

/**
 * All registrations of a client. One listener and one timer serve them all; what is to be done about each waits in a
 * queue that is worked off while connected, a bounded number at a time.
 */
export class Registrar {
  readonly #keeper: SessionKeeper;
  readonly #nodes = new Map<string, KeptNode>();
  readonly #queue = new Set<KeptNode>();
  readonly #lazy = new Set<KeptNode>();
  readonly #working = new Set<KeptNode>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #requests: { readonly session: Session; readonly gathered: GatheredRequests } | undefined;

  constructor(keeper: SessionKeeper) {
    this.#keeper = keeper;
    keeper.onState((state) => {
      const session = keeper.latestSession;
      if (state !== 'connected' || !session) return;
      for (const node of this.#nodes.values()) {
        node.onSession(session);
        this.#queue.add(node);
      }
      this.#work();
    });
    onAbort(keeper.closing, () => {
      clearTimeout(this.#sweepTimer);
      const reason = keeper.closing.reason as CoordinationError;
      for (const node of [...this.#nodes.values()]) node.abandon(reason);
    });
  }

  async register<T>(
    parentPath: string,
    options: RegisterOptions<T> & { readonly codec?: Codec<T> | undefined },
  ): Promise<Registration<T>> {
    const { id, value, signal, onConflict = 'fail' } = checkOptions(options, 'the options of a registration');
    assertZnodePath(parentPath);
    assertZnodeName(id, 'the id of a registration');
    signal?.throwIfAborted();
    const path = joinPath(parentPath, id);
    const codec = options.codec ?? defaultCodec(value);
    const data = checkData(codec.encode(value), path);
    // The check and the claim in one turn of the event loop: of two registrations of one id the second is refused.
    for (let former = this.#former(path); former; former = this.#former(path))
      await abortable(former.gone, signal);
    if (this.#keeper.closing.aborted) throw reasonOf(this.#keeper.closing);
    const node = new KeptNode(this.#keeper, {
      path,
      data,
      onConflict,
      attend: (attended, urgency) => {
        this.#attend(attended, urgency);
      },
      onGone: (gone) => {
        if (this.#nodes.get(path) === gone) this.#nodes.delete(path);
      },
    });
    this.#nodes.set(path, node);
    this.#attend(node, 'soon');
    try {
      await abortable(node.established.promise, signal);
      return new CodedRegistration(id, node, codec);
    } catch (error) {
      // Also a creation that is answered only now leaves nothing behind.
      if (signal?.aborted) void node.close();
      throw error;
    }
  }

  /** A closed registration of the same id may still be on its way out; a living one is a mistake of the caller. */
  #former(path: string): KeptNode | undefined {
    const former = this.#nodes.get(path);
    if (former === undefined || former.state === 'closed') return former;
    throw new CoordinationError(
      'REGISTRATION_CONFLICT',
      `${path} is registered by this client already: close that registration, or set its value`,
      { path },
    );
  }

  #attend(node: KeptNode, urgency: 'soon' | 'lazily'): void {
    if (this.#keeper.closing.aborted) return;
    if (urgency === 'soon') {
      this.#queue.add(node);
      this.#work();
      return;
    }
    this.#lazy.add(node);
    this.#sweepTimer ??= setTimeout(() => {
      this.#sweep();
    }, sweepMs);
  }

  #sweep(): void {
    this.#sweepTimer = undefined;
    for (const node of this.#lazy) {
      node.doubt();
      this.#queue.add(node);
    }
    this.#lazy.clear();
    this.#work();
  }

  #work(): void {
    const session = this.#keeper.latestSession;
    if (this.#keeper.state !== 'connected' || !session) return;
    for (const node of this.#queue) {
      if (this.#working.size >= registrationWindow) return;
      // One that is worked on already comes again when that is done.
      if (this.#working.has(node)) continue;
      this.#queue.delete(node);
      this.#working.add(node);
      void this.#reconcile(node, session);
    }
  }

  #requestsOf(session: Session): GatheredRequests {
    if (this.#requests?.session !== session) {
      this.#requests = { session, gathered: new GatheredRequests(session) };
    }
    return this.#requests.gathered;
  }

  async #reconcile(node: KeptNode, session: Session): Promise<void> {
    try {
      await node.reconcile(session, this.#requestsOf(session));
    } catch (error) {
      if (!isRetryable(error)) {
        node.fail(error);
        if (!this.#keeper.closing.aborted) {
          this.#keeper.logger.warn({ err: error, path: node.path }, 'A registration could not be written');
        }
      }
      this.#attend(node, 'lazily');
    } finally {
      this.#working.delete(node);
      this.#work();
    }
  }
}
