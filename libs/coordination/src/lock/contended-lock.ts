import type { WaitOptions } from '../connection/client.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { readContenders } from '../election/contenders.js';
import type { Contender } from '../election/election.js';
import { lockProtocol } from '../election/lock-node.js';
import { repeated } from '../retry/repeated.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { Acquirable } from './acquirable.js';
import type { AcquireOptions, HeldLock, Lock, LockOptions, LockState } from './lock.js';
import { queueUp } from './queue-up.js';

/** A lock in kazoo's protocol, over the queue that elections use. */
export class ContendedLock implements Lock {
  readonly id: string;
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #acquirable: Acquirable;

  constructor(keeper: SessionKeeper, path: string, { id }: LockOptions) {
    assertZnodePath(path);
    this.#keeper = keeper;
    this.path = path;
    this.id = id;
    this.#acquirable = new Acquirable(keeper, {
      subject: 'The lock',
      path,
      acquire: (signal) => queueUp(keeper, { path, id, protocol: lockProtocol }, signal),
    });
  }

  get state(): LockState {
    return this.#acquirable.state;
  }

  get held(): HeldLock | undefined {
    return this.#acquirable.held;
  }

  acquire(options: AcquireOptions = {}): Promise<HeldLock> {
    return this.#acquirable.acquire(options);
  }

  contenders({ signal }: WaitOptions = {}): Promise<Contender[]> {
    return repeated(this.#keeper, signal, (session) => readContenders(session, this.path));
  }
}
