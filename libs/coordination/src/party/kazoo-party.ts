import { randomBytes } from 'node:crypto';
import { checkId, checkOptions } from '../arguments/arguments.js';
import { readChildren } from '../children/read-children.js';
import { textCodec } from '../codec/codec.js';
import { repeated } from '../connection/repeated.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Registrar } from '../registration/registrar.js';
import type { Registration } from '../registration/registration.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { abortable } from '../waiting/abortable.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { Party, PartyOptions } from './party.js';

const MARK = '__party__';

export class KazooParty implements Party {
  readonly path: string;
  readonly id: string;
  readonly #keeper: SessionKeeper;
  readonly #registrar: Registrar;
  #own: Registration<string> | undefined;
  /** Settles with the latest change of the own place: the next one waits for it. */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(keeper: SessionKeeper, registrar: Registrar, path: string, options: PartyOptions) {
    assertZnodePath(path);
    this.path = path;
    this.id = checkId(checkOptions(options, 'the options of a party').id, 'the id of a participant');
    this.#keeper = keeper;
    this.#registrar = registrar;
  }

  get participating(): boolean {
    return this.#own !== undefined;
  }

  join({ signal }: WaitOptions = {}): Promise<void> {
    return abortable(
      this.#inTurn(() => this.#join(signal)),
      signal,
    );
  }

  leave(): Promise<void> {
    return this.#inTurn(async () => {
      const own = this.#own;
      this.#own = undefined;
      await own?.close();
    });
  }

  async ids({ signal }: WaitOptions = {}): Promise<string[]> {
    const { children } = await repeated(this.#keeper, signal, (session) =>
      readChildren(session, this.path, signal, (name) => name.includes(MARK)),
    );
    return [...children.values()].map(({ data }) => textCodec.decode(data));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #join(signal: AbortSignal | undefined): Promise<void> {
    if (this.#own) return;
    signal?.throwIfAborted();
    this.#own = await this.#registrar.register(this.path, {
      id: randomBytes(16).toString('hex') + MARK,
      value: this.id,
      codec: textCodec,
      signal,
    });
  }

  #inTurn<R>(step: () => Promise<R>): Promise<R> {
    const result = this.#latest.then(step);
    this.#latest = result.catch(() => {});
    return result;
  }
}
