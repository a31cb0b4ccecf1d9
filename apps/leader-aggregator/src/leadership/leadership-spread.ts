import type { Contender, WaitOptions } from '@atalaya/coordination';

/** What is asked of an election: who stands in it, the leader first. */
export interface ContendedElection {
  contenders(options?: WaitOptions): Promise<Pick<Contender, 'id'>[]>;
}

/**
 * Spreads the leadership of several groups over the candidates that stand for them: a candidate that leads at least two
 * groups more than another one gives one of its groups to that. Each decides for itself, one group at a time, by what
 * the elections say; so what two have decided at the same time is set right by a further step.
 */
export class LeadershipSpread {
  readonly #id: string;
  readonly #elections: readonly ContendedElection[];
  readonly #refreshMs: number;
  #standing: readonly (readonly string[])[] = [];
  #readAt = -Infinity;
  #reading: Promise<void> | undefined;

  /** @param options.refreshMs how long what was read of the elections is taken for true */
  constructor(options: {
    readonly id: string;
    readonly elections: readonly ContendedElection[];
    readonly refreshMs: number;
  }) {
    this.#id = options.id;
    this.#elections = options.elections;
    this.#refreshMs = options.refreshMs;
  }

  /**
   * The candidate that the leadership of a group should be given to; undefined where this one should keep it, or where
   * the elections cannot be read. An answer that names somebody is given once for what was read.
   *
   * @param group index of the group's election
   */
  async successor(group: number, options: { readonly signal: AbortSignal }): Promise<string | undefined> {
    try {
      await this.#refresh(options.signal);
    } catch {
      return undefined; // The reading of the sensors reports what is wrong with ZooKeeper.
    }
    const successor = successorOf(this.#id, group, this.#standing);
    // The next decision is made by what has become of this one.
    if (successor !== undefined) this.#readAt = -Infinity;
    return successor;
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#readAt < this.#refreshMs) return;
    this.#reading ??= this.#read(signal).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    const standing = await Promise.all(this.#elections.map((election) => election.contenders({ signal })));
    this.#standing = standing.map((contenders) => contenders.map(({ id }) => id));
    this.#readAt = begun;
  }
}

/**
 * Of the candidates that stand for a group, the one with the fewest groups, where the leader has at least two more.
 *
 * @param standing by group: who stands for it, the leader first
 */
export function successorOf(
  leader: string,
  group: number,
  standing: readonly (readonly string[])[],
): string | undefined {
  const led = new Map<string, number>();
  for (const [first] of standing) if (first !== undefined) led.set(first, (led.get(first) ?? 0) + 1);
  const queue = standing[group] ?? [];
  if (queue[0] !== leader) return undefined;
  const own = led.get(leader) ?? 0;
  let least: { id: string; groups: number } | undefined;
  for (const id of queue) {
    const groups = led.get(id) ?? 0;
    if (id !== '' && groups <= own - 2 && (least === undefined || groups < least.groups))
      least = { id, groups };
  }
  return least?.id;
}
