import {
  type Direction,
  type Fault,
  type FaultRules,
  type FaultScope,
  inScope,
  type MessageInTransit,
  type Verdict,
} from './faults.js';
import { type ProxiedConnection } from './proxied-connection.js';

/** What a fault does while it is in force. */
export interface FaultBehaviour {
  readonly verdict?: (transit: MessageInTransit) => Verdict | undefined;
  readonly stalls?: Affected;
  readonly swallows?: Affected;
  /** Undoes what the fault did, beyond being taken off the list. */
  readonly onLift?: () => Promise<void>;
}

/** The connections and directions that a lasting fault is about. */
export interface Affected extends FaultScope {
  readonly direction: Direction | 'both';
}

class ActiveFault implements Fault {
  hits = 0;
  #lifting: Promise<void> | undefined;

  constructor(
    readonly behaviour: FaultBehaviour,
    private readonly remove: (fault: ActiveFault) => Promise<void>,
  ) {}

  lift(): Promise<void> {
    this.#lifting ??= this.remove(this);
    return this.#lifting;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.lift();
  }
}

/** The faults in force, in the order in which they were added. */
export class FaultRegistry implements FaultRules {
  readonly #faults = new Set<ActiveFault>();

  /** @param onChange called when a fault has come or gone */
  constructor(private readonly onChange: () => void) {}

  add(behaviour: FaultBehaviour): Fault {
    const fault = new ActiveFault(behaviour, async (lifted) => {
      this.#faults.delete(lifted);
      await behaviour.onLift?.();
      this.onChange();
    });
    this.#faults.add(fault);
    this.onChange();
    return fault;
  }

  async liftAll(): Promise<void> {
    await Promise.all([...this.#faults].map((fault) => fault.lift()));
  }

  /** The first fault that drops the message decides; otherwise it waits for the longest of the delays. */
  verdict(transit: MessageInTransit): Verdict | undefined {
    let longest: Verdict | undefined;
    for (const fault of this.#faults) {
      const verdict = fault.behaviour.verdict?.(transit);
      if (!verdict) continue;
      fault.hits++;
      if (verdict.action === 'drop') return verdict;
      if (longest?.action !== 'delay' || longest.delayMs < verdict.delayMs) longest = verdict;
    }
    return longest;
  }

  stalled(connection: ProxiedConnection, direction: Direction): boolean {
    return [...this.#faults].some(({ behaviour }) => affects(behaviour.stalls, connection, direction));
  }

  swallowing(connection: ProxiedConnection, direction: Direction): ActiveFault | undefined {
    return [...this.#faults].find(({ behaviour }) => affects(behaviour.swallows, connection, direction));
  }
}

function affects(
  affected: Affected | undefined,
  connection: ProxiedConnection,
  direction: Direction,
): boolean {
  if (!affected) return false;
  const inDirection = affected.direction === 'both' || affected.direction === direction;
  return inDirection && inScope(affected, connection);
}
