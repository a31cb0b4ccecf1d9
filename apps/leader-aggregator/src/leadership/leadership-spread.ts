import type { Contender, WaitOptions } from '@atalaya/coordination';

/** What is asked of an election: who stands in it, the leader first. */
export interface ContendedElection {
  contenders(options?: WaitOptions): Promise<Pick<Contender, 'id'>[]>;
}

/**
 * Spreads the leadership of several groups over the candidates that stand for them: a candidate that leads at least two
 * groups more than another one gives one of its groups to that. Each decides for itself, one group at a time, by what
 * the elections say after the last one was given; so what two have decided at the same time is set right by a further step.
 */
export class LeadershipSpread {
  readonly #id: string;
  readonly #elections: readonly ContendedElection[];
  readonly #refreshMs: number;
  #standing: readonly (readonly string[])[] = [];
  #readAt = -Infinity;
  #reading: Promise<void> | undefined;
  #isGiving = false;

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
   * Gives the leadership of a group to another candidate where that should have it; whether it did. Groups whose ticks
   * come at the same time ask together: of them one is given, for with that the others may be spread as they should be.
   * Nothing is given while the elections cannot be read.
   *
   * @param group index of the group's election
   * @param give resolves with whether the candidate has the leadership now; undecided until then
   */
  async step(
    group: number,
    give: (successor: string) => Promise<boolean>,
    options: { readonly signal: AbortSignal },
  ): Promise<boolean> {
    if (this.#gives()) return false;
    try {
      await this.#refresh(options.signal);
    } catch {
      return false; // The reading of the sensors reports what is wrong with ZooKeeper.
    }
    // Another group may have begun since, by what was read for both.
    if (this.#gives()) return false;
    const successor = successorOf(this.#id, group, this.#standing);
    if (successor === undefined) return false;
    this.#isGiving = true;
    try {
      return await give(successor);
    } finally {
      this.#isGiving = false;
      this.#readAt = -Infinity;
    }
  }

  #gives(): boolean {
    return this.#isGiving;
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
