import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Leader } from '../election/election.js';
import { observeLeader } from '../election/observe-leader.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { openGroup } from '../group/group-cache.js';
import type { Group } from '../group/group.js';
import type { Registrar } from '../registration/registrar.js';
import type { Registration } from '../registration/registration.js';
import { assertZnodePath, joinPath } from '../transport/znode-path.js';
import { abortable, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import type {
  AnnounceOptions,
  Discovery,
  DiscoveryOptions,
  DiscoverySnapshot,
  PickStrategy,
  ServiceInstance,
} from './discovery.js';
import { random, roundRobin, sticky } from './pick.js';
import { serviceAddressCodec, type ServiceAddress } from './service-address.js';

/** Opens a discovery; resolves when the instances and the leader are known. */
export async function openDiscovery(
  keeper: SessionKeeper,
  registrar: Registrar,
  path: string,
  { electionPath = joinPath(path, 'election'), signal }: DiscoveryOptions,
): Promise<Discovery> {
  assertZnodePath(path);
  assertZnodePath(electionPath);
  const group = await openGroup(keeper, joinPath(path, 'instances'), { codec: serviceAddressCodec, signal });
  const discovery = new ServiceDiscovery(keeper, registrar, group, path, electionPath);
  try {
    await abortable(discovery.ready, signal);
    return discovery;
  } catch (error) {
    await discovery.close();
    throw error;
  }
}

class ServiceDiscovery implements Discovery {
  readonly path: string;
  readonly electionPath: string;
  /** Settles with the first word on the leader. */
  readonly ready: Promise<unknown>;
  readonly #registrar: Registrar;
  readonly #group: Group<ServiceAddress>;
  readonly #queues = new Set<AsyncQueue<DiscoverySnapshot>>();
  readonly #stopped = new AbortController();
  readonly #pickInTurn = roundRobin();
  readonly #pickAtRandom = random();
  readonly #following: Promise<unknown>;
  #leader: Leader | null = null;
  #closed: Promise<void> | undefined;

  constructor(
    keeper: SessionKeeper,
    registrar: Registrar,
    group: Group<ServiceAddress>,
    path: string,
    electionPath: string,
  ) {
    this.path = path;
    this.electionPath = electionPath;
    this.#registrar = registrar;
    this.#group = group;
    const leaders = observeLeader(keeper, electionPath, { signal: this.#stopped.signal });
    this.ready = leaders.next().then(({ value, done }) => {
      if (done) throw reasonOf(keeper.closing);
      this.#leader = value;
    });
    this.#following = Promise.allSettled([
      this.ready.then(async () => {
        for await (const leader of leaders) {
          this.#leader = leader;
          this.#announce();
        }
      }),
      this.#followInstances(),
    ]).then(() => {
      for (const queue of [...this.#queues]) queue.end();
    });
  }

  announce({ id, address, onConflict, signal }: AnnounceOptions): Promise<Registration<ServiceAddress>> {
    return this.#registrar.register(this.#group.path, {
      id,
      value: address,
      codec: serviceAddressCodec,
      onConflict,
      signal,
    });
  }

  snapshot(): DiscoverySnapshot {
    const { members, invalid, stale } = this.#group.snapshot();
    const leading = this.#leader?.id;
    const instances = [...members.values()]
      .map(({ id, value }): ServiceInstance => ({ ...value, id, leads: id === leading }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    return {
      instances,
      leader: instances.find(({ leads }) => leads),
      invalid: [...invalid.keys()].sort(),
      stale,
    };
  }

  pick(strategy: PickStrategy = 'round-robin'): ServiceInstance {
    const { members } = this.#group.snapshot();
    const ids = [...members.keys()].sort();
    const picker =
      strategy === 'round-robin'
        ? this.#pickInTurn
        : strategy === 'random'
          ? this.#pickAtRandom
          : sticky(strategy.stickyBy);
    const member = ids.length > 0 ? members.get(picker(ids)) : undefined;
    if (!member) {
      throw new CoordinationError(
        'NO_INSTANCE',
        `No living instance is announced under ${this.path}: start one, or wait for one by changes()`,
        { path: this.path },
      );
    }
    return { ...member.value, id: member.id, leads: member.id === this.#leader?.id };
  }

  changes({ signal }: WaitOptions = {}): AsyncIterableIterator<DiscoverySnapshot> {
    const queue = new AsyncQueue<DiscoverySnapshot>({ latestOnly: true, signal });
    queue.push(this.snapshot());
    this.#queues.add(queue);
    queue.onDone(() => this.#queues.delete(queue));
    if (this.#stopped.signal.aborted) queue.end();
    return queue;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#stopped.abort();
    await this.#group.close();
    await this.#following;
  }

  async #followInstances(): Promise<void> {
    const changes = this.#group.changes({ signal: this.#stopped.signal });
    while (!(await changes.next()).done) this.#announce();
  }

  #announce(): void {
    for (const queue of this.#queues) queue.push(this.snapshot());
  }
}
