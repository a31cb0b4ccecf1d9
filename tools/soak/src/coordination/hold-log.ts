/** One moment in which a process held that a lease is its own, between `fromNs` and `toNs`; see {@link Claim}. */
export interface HoldMessage {
  readonly resource: string;
  /** How many may hold the resource at a time; an exclusive holder takes all of them. */
  readonly capacity: number;
  /** How many of them this holder takes. */
  readonly share: number;
  readonly id: string;
  readonly token: string;
  readonly fromNs: string;
  readonly toNs: string;
}

interface Hold {
  readonly message: HoldMessage;
  /** The first moment by which it was certainly held. */
  heldByNs: bigint;
  /** The last moment from which on it was certainly still held. */
  heldFromNs: bigint;
}

/** Remembers from when to when each lease was held for certain, on the machine's monotonic clock. */
export class HoldLog {
  readonly #holds = new Map<string, Hold>();
  #frozen = false;

  get holds(): number {
    return this.#holds.size;
  }

  /** From now on nobody is to hold anything. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Whether the holder may go on. */
  claim(message: HoldMessage): boolean {
    const [fromNs, toNs] = [BigInt(message.fromNs), BigInt(message.toNs)];
    const key = `${message.resource} ${message.id} ${message.token}`;
    const hold = this.#holds.get(key);
    if (!hold) this.#holds.set(key, { message, heldByNs: toNs, heldFromNs: fromNs });
    else {
      if (toNs < hold.heldByNs) hold.heldByNs = toNs;
      if (fromNs > hold.heldFromNs) hold.heldFromNs = fromNs;
    }
    return !this.#frozen;
  }

  /** Moments in which more held a resource than it has room for. */
  violations(): string[] {
    const byResource = new Map<string, Hold[]>();
    for (const hold of this.#holds.values()) {
      // Too short to be sure of: one claim, whose two ends may both lie outside.
      if (hold.heldFromNs <= hold.heldByNs) continue;
      const holds = byResource.get(hold.message.resource) ?? [];
      byResource.set(hold.message.resource, [...holds, hold]);
    }
    return [...byResource].flatMap(([resource, holds]) => crowds(resource, holds));
  }
}

/** The beginnings of holds at which others were held that leave no room for one more. */
function crowds(resource: string, holds: readonly Hold[]): string[] {
  return holds.flatMap((hold) => {
    const beside = holds.filter(
      (other) => other !== hold && other.heldByNs <= hold.heldByNs && other.heldFromNs > hold.heldByNs,
    );
    const taken = beside.reduce((sum, { message }) => sum + message.share, hold.message.share);
    if (beside.length === 0 || taken <= hold.message.capacity) return [];
    const others = beside.map(({ message, heldFromNs }) => {
      const ms = Number(heldFromNs - hold.heldByNs) / 1e6;
      return `${message.id} with token ${message.token} for ${ms.toFixed(1)} ms more`;
    });
    return [
      `${resource} was held by ${hold.message.id} with token ${hold.message.token} while it was held by ${others.join(', ')}`,
    ];
  });
}
