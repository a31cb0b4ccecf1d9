import type { WaitOptions } from '../waiting/wait-options.js';
import { checkId, checkOptions } from '../arguments/arguments.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { readContenders, type Contender } from '../queue/contenders.js';
import { lockProtocol } from '../queue/lock-node.js';
import { repeated } from '../connection/repeated.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { Acquirable } from '../holding/acquirable.js';
import type { AcquireOptions, HeldLock, LockState } from '../holding/held-lock.js';
import type { Lock, LockOptions } from './lock.js';
import { queueUp } from '../queue/queue-up.js';

/** A lock in kazoo's protocol, over the queue that elections use. */
export class ContendedLock implements Lock {
  readonly id: string;
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #acquirable: Acquirable;

  constructor(keeper: SessionKeeper, path: string, options: LockOptions) {
    assertZnodePath(path);
    const id = checkId(checkOptions(options, 'the options of a lock').id);
    this.#keeper = keeper;
    this.path = path;
    this.id = id;
    this.#acquirable = new Acquirable(keeper, {
      subject: 'The lock',
      path,
      acquire: (signal, whenOccupied) =>
        queueUp(keeper, { path, id, protocol: lockProtocol }, signal, whenOccupied),
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

  contenders({ signal }: WaitOptions = {}): Promise<Contender[]> {
    return repeated(this.#keeper, signal, (session) => readContenders(session, this.path));
  }
}
