import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { ZnodeValue } from '../transport/stat.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { repeated } from '../connection/repeated.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { assertZnodePath, parentOf } from '../transport/znode-path.js';
import { abortable, delay } from '../waiting/abortable.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { decodeCounterValue, encodeCounterValue, wholeNumber } from './counter-value.js';
import type { Counter, CounterOptions } from './counter.js';
import { OutcomeUnknownError } from './outcome-unknown-error.js';

/** Somebody else's write takes a round trip, not a reconnection: contention is waited out in small steps. */
const contention = { initialDelayMs: 2, maxDelayMs: 100, factor: 2 };

/** A counter by writes that name the version they expect. */
export class VersionedCounter implements Counter {
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #initial: bigint;
  /** Settles with the latest change: the next one waits for it. */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(keeper: SessionKeeper, path: string, { initial = 0n }: CounterOptions = {}) {
    assertZnodePath(path);
    this.#keeper = keeper;
    this.path = path;
    this.#initial = wholeNumber(initial, path);
  }

  get({ signal }: WaitOptions = {}): Promise<bigint> {
    return repeated(this.#keeper, signal, async (session) => {
      await session.throughQuorum(this.path);
      try {
        return this.#valueOf(await session.get(this.path));
      } catch (error) {
        if (hasCode(error, 'NO_NODE')) return this.#initial;
        throw error;
      }
    });
  }

  add(delta: bigint | number = 1n, options?: WaitOptions): Promise<bigint> {
    return this.update((current) => current + wholeNumber(delta, this.path), options);
  }

  async set(value: bigint | number, options?: WaitOptions): Promise<void> {
    await this.update(() => wholeNumber(value, this.path), options);
  }

  async update(change: (current: bigint) => bigint, { signal }: WaitOptions = {}): Promise<bigint> {
    signal?.throwIfAborted();
    using stop = linkedSignal(signal, this.#keeper.closing);
    const turn = this.#latest;
    const updated = turn.then(() => this.#update(change, stop.signal));
    this.#latest = updated.catch(() => {});
    return await abortable(updated, stop.signal);
  }

  async #update(change: (current: bigint) => bigint, signal: AbortSignal): Promise<bigint> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const before = await repeated(this.#keeper, signal, (session) => this.#read(session));
      const value = wholeNumber(change(this.#valueOf(before)), this.path);
      if (await this.#replace(before, value, signal)) return value;
      await delay(retryDelayMs(contention, attempt), signal);
    }
  }

  /** False where somebody else changed the counter first. */
  async #replace(before: ZnodeValue, value: bigint, signal: AbortSignal): Promise<boolean> {
    const data = encodeCounterValue(value);
    let uncertain: unknown;
    for (let attempt = 1; ; attempt++) {
      try {
        const session = await this.#keeper.session(signal);
        await abortable(session.set(this.path, data, before.stat.version), signal);
        return true;
      } catch (error) {
        if (isRetryable(error)) uncertain = error;
        // A refused repetition may have met its own first attempt, arrived late.
        else if (!hasCode(error, 'BAD_VERSION', 'NO_NODE')) throw error;
        else if (uncertain === undefined) return false;
      }
      const outcome = await this.#outcome(before, data, value, uncertain, signal);
      if (outcome !== 'not-applied') return outcome === 'applied';
      await delay(retryDelayMs(this.#keeper.retry, attempt), signal);
    }
  }

  async #outcome(
    before: ZnodeValue,
    data: Buffer,
    value: bigint,
    cause: unknown,
    signal: AbortSignal,
  ): Promise<'applied' | 'not-applied' | 'refused'> {
    const unknown = (why: string) => new OutcomeUnknownError(this.path, value, why, cause);
    const { stat, data: found } = await repeated(this.#keeper, signal, async (session) => {
      // Past everything that the broken connection had brought to the servers.
      await session.throughQuorum(this.path);
      return session.get(this.path);
    }).catch((error: unknown) => {
      throw hasCode(error, 'NO_NODE') ? unknown('the counter was deleted since') : error;
    });
    if (stat.czxid !== before.stat.czxid) throw unknown('the counter was deleted and created again since');
    if (stat.version === before.stat.version) return 'not-applied';
    if (found.equals(data)) return 'applied';
    // Versions are signed 32-bit numbers that wrap.
    if (stat.version === ((before.stat.version + 1) | 0)) return 'refused';
    throw unknown('it was changed more than once since');
  }

  /** Creates the counter where it does not exist. */
  async #read(session: Session): Promise<ZnodeValue> {
    for (;;) {
      try {
        return await session.get(this.path);
      } catch (error) {
        if (!hasCode(error, 'NO_NODE')) throw error;
      }
      await session.ensurePath(parentOf(this.path) ?? '/');
      try {
        await session.create(this.path, encodeCounterValue(this.#initial), {
          ephemeral: false,
          sequential: false,
        });
      } catch (error) {
        if (!hasCode(error, 'NODE_EXISTS', 'NO_NODE')) throw error;
      }
    }
  }

  /** Without data it counts as new, as for kazoo. */
  #valueOf({ data }: ZnodeValue): bigint {
    return data.length === 0 ? this.#initial : decodeCounterValue(data, this.path);
  }
}
