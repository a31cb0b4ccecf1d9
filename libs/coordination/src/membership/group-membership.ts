import type { Codec } from '../codec/codec.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { openGroup } from '../group/group-cache.js';
import type { Group, GroupChange, GroupSnapshot } from '../group/group.js';
import type { Registrar } from '../registration/registrar.js';
import type { Registration } from '../registration/registration.js';
import { repeated } from '../connection/repeated.js';
import { abortable } from '../waiting/abortable.js';
import type { JoinOptions, Membership, MembershipOptions } from './membership.js';

/** Opens a membership and resolves when its view is complete. */
export async function openMembership<T>(
  keeper: SessionKeeper,
  registrar: Registrar,
  path: string,
  options: MembershipOptions<T>,
): Promise<Membership<T>> {
  return new GroupMembership(keeper, registrar, await openGroup(keeper, path, options), options.codec);
}

class GroupMembership<T> implements Membership<T> {
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #registrar: Registrar;
  readonly #group: Group<T>;
  readonly #codec: Codec<T>;
  #self: Registration<T> | undefined;
  /** Settles with the latest change of the own place: the next one waits for it. */
  #latest: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(keeper: SessionKeeper, registrar: Registrar, group: Group<T>, codec: Codec<T>) {
    this.#keeper = keeper;
    this.#registrar = registrar;
    this.#group = group;
    this.#codec = codec;
    this.path = group.path;
  }

  get self(): Registration<T> | undefined {
    return this.#self;
  }

  snapshot(): GroupSnapshot<T> {
    return this.#group.snapshot();
  }

  changes(options?: WaitOptions): AsyncIterableIterator<GroupChange<T>> {
    return this.#group.changes(options);
  }

  join(options: JoinOptions<T>): Promise<void> {
    const joined = this.#inTurn(() => this.#join(options));
    return abortable(joined, options.signal);
  }

  async set(value: T, options?: WaitOptions): Promise<void> {
    if (!this.#self) {
      throw new CoordinationError(
        'REGISTRATION_CLOSED',
        `There is no place of one's own under ${this.path}: join first`,
        { path: this.path },
      );
    }
    await this.#self.set(value, options);
  }

  leave(): Promise<void> {
    return this.#inTurn(() => this.#leave());
  }

  close(): Promise<void> {
    this.#closed ??= this.#inTurn(async () => {
      await this.#leave();
      await this.#group.close();
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #join(options: JoinOptions<T>): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.#closed) throw this.#refusal('REGISTRATION_CLOSED', 'this membership was closed');
    if (this.#self) throw this.#refusal('NOT_REENTRANT', `it is a member already, as "${this.#self.id}"`);
    const registration = await this.#registrar.register(this.path, { ...options, codec: this.#codec });
    try {
      await this.#seen(registration, options.signal);
      this.#self = registration;
    } catch (error) {
      void registration.close();
      throw error;
    }
  }

  async #leave(): Promise<void> {
    const self = this.#self;
    this.#self = undefined;
    await self?.close();
  }

  /** Resolves when this very place is in the own view, not the one of somebody who had the id before. */
  async #seen({ id, path }: Registration<T>, signal: AbortSignal | undefined): Promise<void> {
    const changes = this.#group.changes({ signal });
    try {
      const stat = await repeated(this.#keeper, signal, (session) => session.exists(path));
      const since = stat?.czxid ?? 0n;
      const inView = () => {
        const { members, invalid } = this.#group.snapshot();
        const found = members.get(id) ?? invalid.get(id);
        return found?.stat !== undefined && found.stat.czxid >= since;
      };
      while (!inView()) {
        if ((await changes.next()).done) throw this.#refusal('REGISTRATION_CLOSED', 'its view ended');
      }
    } finally {
      await changes.return?.();
    }
  }

  #refusal(code: 'NOT_REENTRANT' | 'REGISTRATION_CLOSED', why: string): CoordinationError {
    return new CoordinationError(code, `${this.path} cannot be joined: ${why}`, { path: this.path });
  }

  #inTurn<R>(step: () => Promise<R>): Promise<R> {
    const result = this.#latest.then(step);
    this.#latest = result.catch(() => {});
    return result;
  }
}
