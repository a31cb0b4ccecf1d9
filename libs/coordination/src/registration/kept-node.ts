import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { departed } from '../ephemeral/departure.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { RegistrationConflictError } from '../errors/registration-conflict-error.js';
import { parentOf } from '../transport/znode-path.js';
import { abortable } from '../waiting/abortable.js';
import { deferred } from '../waiting/deferred.js';
import { Listeners } from '../waiting/listeners.js';
import type { GatheredRequests } from './gathered-requests.js';
import { OwnWatch } from './own-watch.js';
import type { OnConflict, RegistrationState } from './registration.js';
import { WantedValue } from './wanted-value.js';

/** A znode of somebody else that was created unnoticed has had no more writes than this. */
const distinctVersion = 8;

export interface KeptNodeOptions {
  readonly path: string;
  readonly data: Buffer;
  readonly onConflict: OnConflict;
  /** Asks for {@link KeptNode.reconcile} to be run soon; or, when `lazily`, with the next sweep. */
  readonly attend: (node: KeptNode, urgency: 'soon' | 'lazily') => void;
  readonly onGone: (node: KeptNode) => void;
}

/**
 * What a registration wants (a value, or to be gone) against what ZooKeeper has. {@link reconcile} makes the second
 * equal to the first; it runs once at a time, and whatever happens only asks for another run:
 *
 * ```
 * pending ──created──▶ registered ──expired, deleted──▶ pending
 *    └──held by others──▶ conflict ──they leave──▶ pending          any ──close──▶ closed
 * ```
 */
export class KeptNode {
  readonly path: string;
  /** Settles with the first registration, or its failure. */
  readonly established = deferred<undefined>();

  readonly #keeper: SessionKeeper;
  readonly #options: KeptNodeOptions;
  readonly #listeners: Listeners<[RegistrationState]>;
  readonly #gone = deferred<undefined>();
  readonly #wanted: WantedValue;
  #state: RegistrationState = 'pending';
  /** Session in which the znode was created, or was last found to be this client's. */
  #heldIn: bigint | undefined;
  /** Session in which a creation may or may not have been applied. */
  #uncertainIn: bigint | undefined;
  #verifyDue = false;
  /** Of the znode, as this client left it. */
  #version = 0;
  #wasRegistered = false;
  #removing = false;
  #conflict: RegistrationConflictError | undefined;
  readonly #watch: OwnWatch;

  constructor(keeper: SessionKeeper, options: KeptNodeOptions) {
    this.#keeper = keeper;
    this.#options = options;
    this.path = options.path;
    this.#wanted = new WantedValue(options.data);
    this.#watch = new OwnWatch(options.path, (type) => {
      this.#verifyDue = true;
      // Where the own writes set it off as well, those are looked at later, many at a time.
      options.attend(this, type === 'changed' ? 'lazily' : 'soon');
    });
    this.#listeners = new Listeners((error) => {
      keeper.logger.error({ err: error, path: this.path }, 'A listener of a registration threw');
    });
  }

  get state(): RegistrationState {
    return this.#state;
  }

  onState(listener: (state: RegistrationState) => void): Disposer {
    return this.#listeners.add(listener);
  }

  async set(data: Buffer, { signal }: WaitOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.#removing) throw this.#closedError();
    this.#wanted.replace(data);
    if (this.#conflict) throw this.#conflict;
    const written = this.#wanted.untilWritten();
    this.#options.attend(this, 'soon');
    await abortable(written, signal);
  }

  async close(): Promise<void> {
    if (!this.#removing) {
      this.#removing = true;
      this.#become('closed');
      this.#wanted.rejectWaiters(this.#closedError());
      this.established.reject(this.#closedError());
      this.#options.attend(this, 'soon');
    }
    await departed(this.#keeper, this.#gone.promise);
  }

  /** Settles when nothing of this registration is left in ZooKeeper, nor will be. */
  get gone(): Promise<unknown> {
    return this.#gone.promise;
  }

  /** The session is about to be closed, which deletes the znode: there is nothing left to do. */
  abandon(reason: CoordinationError): void {
    this.#removing = true;
    this.#become('closed');
    this.#wanted.rejectWaiters(reason);
    this.established.reject(reason);
    this.#finishRemoval();
  }

  /** The znode is to be looked at with the next {@link reconcile}, whatever is believed of it. */
  doubt(): void {
    this.#verifyDue = true;
  }

  /** A new session knows nothing of the znode. */
  onSession(session: Session): void {
    this.#verifyDue = true;
    if (this.#heldIn !== undefined && this.#heldIn !== session.id) this.#become('pending');
  }

  /** Brings ZooKeeper to what is wanted. Rejects with retryable errors, after which it is to be run again. */
  async reconcile(session: Session, requests: GatheredRequests): Promise<void> {
    for (;;) {
      if (this.#removing) {
        await this.#remove(session);
        return;
      }
      if (this.#heldIn !== session.id) {
        if (!(await this.#create(session, requests))) return;
      } else if (!this.#wanted.isWritten) await this.#write(session, requests);
      else if (this.#verifyDue) await this.#verify(session, requests);
      else return;
    }
  }

  /** An error that does not pass by itself: those who wait reject with it; the registration goes on trying. */
  fail(error: unknown): void {
    if (this.#wasRegistered) this.#wanted.rejectWaiters(error);
    else this.#refuse(error);
  }

  /** False where the znode is somebody else's and there is nothing to do until that changes. */
  async #create(session: Session, requests: GatheredRequests): Promise<boolean> {
    const { data, generation } = this.#wanted;
    try {
      await requests.create(this.path, data);
      this.#hold(session, generation, 0);
      return true;
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) {
        await session.ensurePath(parentOf(this.path) ?? '/');
        return true;
      }
      if (hasCode(error, 'NODE_EXISTS')) return this.#meet(session, requests);
      if (isRetryable(error)) this.#uncertainIn = session.id;
      throw error;
    }
  }

  /** There is a znode already: whose? */
  async #meet(session: Session, requests: GatheredRequests): Promise<boolean> {
    try {
      const { data, stat } = await this.#watch.read(session, requests);
      if (stat.ephemeralOwner === session.id) {
        // The reply to a creation was lost.
        await session.restrict(this.path);
        this.#hold(session, data.equals(this.#wanted.data) ? this.#wanted.generation : 0, stat.version);
        return true;
      }
      const ownRemainder = stat.ephemeralOwner !== 0n && this.#keeper.wasOwnSession(stat.ephemeralOwner);
      const takeover = this.#options.onConflict === 'takeover' && !this.#wasRegistered;
      if (ownRemainder || takeover) {
        // Of this version: a znode that was written meanwhile is looked at again.
        await session.delete(this.path, stat.version);
        return true;
      }
      return this.#meetForeign(new RegistrationConflictError(this.path, stat.ephemeralOwner));
    } catch (error) {
      if (hasCode(error, 'NO_NODE', 'BAD_VERSION')) return true;
      throw error;
    }
  }

  #meetForeign(conflict: RegistrationConflictError): false {
    if (!this.#wasRegistered) {
      if (this.#options.onConflict !== 'wait') this.#refuse(conflict);
      return false;
    }
    if (this.#state !== 'conflict') {
      this.#keeper.logger.warn(
        { path: this.path, owner: `0x${conflict.owner.toString(16)}` },
        'Somebody else registered this id in the meantime; it is taken up again as soon as they leave',
      );
    }
    this.#conflict = conflict;
    this.#become('conflict');
    this.#wanted.rejectWaiters(conflict);
    return false;
  }

  /**
   * Only while the znode is this client's own: after a takeover it is somebody else's of the same name, which counts its
   * versions from 0 again. So a write names the version that the latest one left; and while that is so low that
   * another's znode may have reached it unnoticed, the owner is read first.
   */
  async #write(session: Session, requests: GatheredRequests): Promise<void> {
    const { data, generation } = this.#wanted;
    try {
      if (this.#version < distinctVersion) {
        const { stat } = await requests.get(this.path);
        if (stat.ephemeralOwner !== session.id) {
          this.#lose();
          return;
        }
        this.#version = stat.version;
      }
      const stat = await this.#watch.during(() => requests.set(this.path, data, this.#version));
      this.#version = stat.version;
      this.#wanted.written(generation);
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) this.#lose();
      // Written by somebody else, or by an attempt of this client whose answer was lost: looked at, then tried again.
      else if (hasCode(error, 'BAD_VERSION')) await this.#verify(session, requests);
      else throw error;
    }
  }

  async #verify(session: Session, requests: GatheredRequests): Promise<void> {
    this.#verifyDue = false;
    try {
      const { data, stat } = await this.#watch.read(session, requests);
      this.#version = stat.version;
      if (stat.ephemeralOwner !== session.id) this.#lose();
      // Written over by somebody else: the own value goes in again.
      else if (!data.equals(this.#wanted.data)) this.#wanted.overwritten();
    } catch (error) {
      this.#verifyDue = true;
      if (!hasCode(error, 'NO_NODE')) throw error;
      this.#lose();
    }
  }

  async #remove(session: Session): Promise<void> {
    this.#watch.end();
    if (this.#heldIn === session.id || this.#uncertainIn === session.id) {
      try {
        // The server that answers now may lag behind the one that an unanswered creation went to.
        if (this.#uncertainIn === session.id) await session.throughQuorum(this.path);
        const { stat } = await session.get(this.path);
        if (stat.ephemeralOwner === session.id) await session.delete(this.path, stat.version);
      } catch (error) {
        // Of another version: changed meanwhile, and looked at again.
        if (hasCode(error, 'BAD_VERSION')) return this.#remove(session);
        if (!hasCode(error, 'NO_NODE')) throw error;
      }
    }
    this.#finishRemoval();
  }

  #hold(session: Session, writtenGeneration: number, version: number): void {
    this.#heldIn = session.id;
    this.#version = version;
    this.#uncertainIn = undefined;
    this.#conflict = undefined;
    this.#wasRegistered = true;
    // Its watch is set with the next sweep, which also shows whether somebody deleted it until then.
    this.#verifyDue = false;
    this.#options.attend(this, 'lazily');
    this.#wanted.written(writtenGeneration);
    if (this.#removing) return;
    this.#become('registered');
    this.established.resolve(undefined);
  }

  #lose(): void {
    this.#heldIn = undefined;
    if (!this.#removing) this.#become('pending');
  }

  #refuse(error: unknown): void {
    this.#removing = true;
    this.#become('closed');
    this.established.reject(error);
    this.#wanted.rejectWaiters(error);
    this.#options.attend(this, 'soon');
  }

  #finishRemoval(): void {
    this.#options.onGone(this);
    this.#gone.resolve(undefined);
    this.#listeners.clear();
  }

  #become(state: RegistrationState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#listeners.emit(state);
  }

  #closedError(): CoordinationError {
    return new CoordinationError('REGISTRATION_CLOSED', `The registration of ${this.path} was closed`, {
      path: this.path,
    });
  }
}
