import { readChildren } from '../children/read-children.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { checkId, checkOptions } from '../arguments/arguments.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Contender } from '../queue/contenders.js';
import { Acquirable } from '../holding/acquirable.js';
import type { AcquireOptions, HeldLock, LockState } from '../holding/held-lock.js';
import type { Lock } from '../lock/lock.js';
import { queueUp } from '../queue/queue-up.js';
import { repeated } from '../connection/repeated.js';
import { assertZnodePath } from '../transport/znode-path.js';
import type { ReadWriteLock, ReadWriteLockOptions } from './read-write-lock.js';
import { sharedProtocol, sharedQueue, type LockKind } from '../queue/shared-queue.js';

/** The two sides of a read/write lock. */
export function openReadWriteLock(
  keeper: SessionKeeper,
  path: string,
  options: ReadWriteLockOptions,
): ReadWriteLock {
  assertZnodePath(path);
  const id = checkId(checkOptions(options, 'the options of a read/write lock').id);
  return {
    id,
    path,
    read: new LockSide(keeper, 'read', path, id),
    write: new LockSide(keeper, 'write', path, id),
  };
}

class LockSide implements Lock {
  readonly id: string;
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #acquirable: Acquirable;

  constructor(keeper: SessionKeeper, kind: LockKind, path: string, id: string) {
    this.#keeper = keeper;
    this.id = id;
    this.path = path;
    this.#acquirable = new Acquirable(keeper, {
      subject: `The ${kind} lock`,
      path,
      acquire: (signal, whenOccupied) =>
        queueUp(keeper, { path, id, protocol: sharedProtocol[kind] }, signal, whenOccupied),
    });
  }

  get state(): LockState {
    return this.#acquirable.state;
  }

  get held(): HeldLock | undefined {
    return this.#acquirable.held;
  }

  acquire(options?: AcquireOptions): Promise<HeldLock> {
    return this.#acquirable.acquire(options);
  }

  tryAcquire(options?: AcquireOptions): Promise<HeldLock | undefined> {
    return this.#acquirable.tryAcquire(options);
  }

  run<T>(work: (held: HeldLock) => Promise<T> | T, options?: AcquireOptions): Promise<T> {
    return this.#acquirable.run(work, options);
  }

  async contenders({ signal }: WaitOptions = {}): Promise<Contender[]> {
    const { children } = await repeated(this.#keeper, signal, (session) =>
      readChildren(session, this.path, signal),
    );
    return sharedQueue([...children.keys()]).flatMap(({ name }) => {
      const value = children.get(name);
      return value ? [{ id: value.data.toString('utf8'), token: value.stat.czxid, node: name }] : [];
    });
  }
}
