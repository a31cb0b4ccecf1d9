/** Bounds of a {@link ReadQueue}. */
export interface ReadLimits {
  /** Reads that are worked on together. */
  readonly maxRunning: number;
  /** Reads of one client that wait, are worked on, or whose answers are on their way. */
  readonly maxPerClient: number;
  /** Those of all clients. */
  readonly maxTotal: number;
}

/** The place of one read. Each method counts once, however often it is called. */
export interface ReadPlace {
  /** Its answer is made: the next read can be worked on. */
  answered(): void;
  /**
   * Waits for another turn, for an answer that is made in parts, each followed by `answered`.
   *
   * @returns false where the place was left
   */
  again(): Promise<boolean>;
  /** Gives the place up, waiting, worked on or answered. */
  leave(): void;
}

/**
 * Reads are worked on in pieces of a few ms: with two of them at a time, a write or a health check waits for some ten
 * ms, however many clients read. Nobody waits behind more than 256 others, which are served within seconds.
 */
export const READ_LIMITS: ReadLimits = { maxRunning: 2, maxPerClient: 64, maxTotal: 256 };

interface Waiting {
  readonly start: () => void;
}

/**
 * The place where reads wait for their turn, so that they leave writes and health checks their share. Clients take turns:
 * one that asks for much waits for itself, and hardly holds up another.
 */
export class ReadQueue {
  readonly #limits: ReadLimits;
  /** Reads that wait, by client; the clients in the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #byClient = new Map<string, number>();
  #running = 0;
  #total = 0;

  constructor(limits: ReadLimits = READ_LIMITS) {
    this.#limits = limits;
  }

  /** Reads that wait, are worked on, or whose answers are on their way. */
  get size(): number {
    return this.#total;
  }

  /** Reads that are worked on. */
  get running(): number {
    return this.#running;
  }

  /**
   * Takes a place for a read of `client`, and calls `start` when its turn has come: at once, or later.
   *
   * @returns undefined where there is no place
   */
  enter(client: string, start: () => void): ReadPlace | undefined {
    const { maxRunning, maxPerClient, maxTotal } = this.#limits;
    const own = this.#byClient.get(client) ?? 0;
    if (own >= maxPerClient || this.#total >= maxTotal) return undefined;
    this.#byClient.set(client, own + 1);
    this.#total += 1;
    let state: 'waiting' | 'running' | 'answered' | 'left' = 'waiting';
    let onTurn: (isOwn: boolean) => void = start;
    const waiting: Waiting = {
      start: () => {
        state = 'running';
        this.#running += 1;
        onTurn(true);
      },
    };
    const wait = (): void => {
      if (this.#running < maxRunning) waiting.start();
      else this.#waiting.set(client, [...(this.#waiting.get(client) ?? []), waiting]);
    };
    const answered = (): void => {
      if (state !== 'running') return;
      state = 'answered';
      this.#running -= 1;
      this.#next();
    };
    const leave = (): void => {
      if (state === 'left') return;
      const isWaitingAgain = state === 'waiting' && onTurn !== start;
      if (state === 'waiting') this.#forget(client, waiting);
      answered();
      state = 'left';
      this.#giveBack(client);
      if (isWaitingAgain) onTurn(false);
    };
    const again = (): Promise<boolean> => {
      if (state !== 'answered') return Promise.resolve(state !== 'left');
      return new Promise((resolve) => {
        state = 'waiting';
        onTurn = resolve;
        wait();
      });
    };
    wait();
    return { answered, leave, again };
  }

  /** Lets the read begin whose client's turn it is; the client goes behind the others. */
  #next(): void {
    while (this.#running < this.#limits.maxRunning) {
      const [turn] = this.#waiting;
      if (turn === undefined) return;
      const [client, [first, ...others]] = turn;
      this.#waiting.delete(client);
      if (others.length > 0) this.#waiting.set(client, others);
      first?.start();
    }
  }

  #forget(client: string, read: Waiting): void {
    const left = (this.#waiting.get(client) ?? []).filter((each) => each !== read);
    if (left.length === 0) this.#waiting.delete(client);
    else this.#waiting.set(client, left);
  }

  #giveBack(client: string): void {
    this.#total -= 1;
    const left = (this.#byClient.get(client) ?? 1) - 1;
    if (left === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, left);
  }
}
