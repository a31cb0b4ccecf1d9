import { setTimeout as delay } from 'node:timers/promises';

/** How often a queue is looked at that is to be empty. */
const DRAIN_LOOK_MS = 10;

/** A tick's report that the API has not acknowledged yet. */
export interface UndeliveredTick {
  /** The tick in ms. */
  readonly timestamp: number;
  /** The report as JSON text, which takes a fraction of the memory of the object. */
  readonly report: string;
  /** The znode that it was handed over in by an earlier leader and is still kept in. */
  readonly handedOverIn?: string;
}

export interface DeliveryQueueOptions {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** Called with each tick that is dropped because the queue is full. */
  readonly onDrop: (dropped: UndeliveredTick) => void;
}

/**
 * Undelivered ticks in the order of their timestamps, one for each; the one that came first is kept. Bounded by count
 * and bytes: the oldest are dropped, the newest never is.
 */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  #ticks: UndeliveredTick[] = [];
  #bytes = 0;
  #wake: () => void = () => {};

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#ticks.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the tick was new. */
  add(tick: UndeliveredTick): boolean {
    // Nearly always the newest: looked for from the end.
    let index = this.#ticks.length;
    while (index > 0 && this.#timestampAt(index - 1) > tick.timestamp) index -= 1;
    if (index > 0 && this.#timestampAt(index - 1) === tick.timestamp) return false;
    this.#ticks.splice(index, 0, tick);
    this.#bytes += sizeOf(tick);
    this.#dropSurplus();
    this.#wake();
    return true;
  }

  /** Whether the tick that was handed over in a znode is among them. */
  hasHandedOver(znode: string): boolean {
    return this.#ticks.some((tick) => tick.handedOverIn === znode);
  }

  /** Takes a tick out; nothing happens when it is not there any more. */
  remove(tick: UndeliveredTick): void {
    const index = this.#ticks.indexOf(tick);
    if (index === -1) return;
    this.#ticks.splice(index, 1);
    this.#bytes -= sizeOf(tick);
  }

  /** Takes all ticks out. */
  drain(): UndeliveredTick[] {
    const ticks = this.#ticks;
    this.#ticks = [];
    this.#bytes = 0;
    return ticks;
  }

  /** The oldest tick, as soon as there is one; it stays in the queue. Rejects with the signal's reason. For one reader. */
  async oldest(signal: AbortSignal): Promise<UndeliveredTick> {
    for (;;) {
      signal.throwIfAborted();
      const [tick] = this.#ticks;
      if (tick !== undefined) return tick;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#wake = wake;
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }

  /** Whether the queue is empty, now or within the limit. */
  async drained(signal: AbortSignal, limitMs: number): Promise<boolean> {
    const end = performance.now() + limitMs;
    while (this.#ticks.length > 0 && !signal.aborted && performance.now() < end) {
      await delay(DRAIN_LOOK_MS);
    }
    return this.#ticks.length === 0;
  }

  #timestampAt(index: number): number {
    return this.#ticks[index]?.timestamp ?? -Infinity;
  }

  #dropSurplus(): void {
    const { maxCount, maxBytes, onDrop } = this.#options;
    while (this.#ticks.length > 1 && (this.#ticks.length > maxCount || this.#bytes > maxBytes)) {
      const [dropped] = this.#ticks;
      if (dropped === undefined) return;
      this.remove(dropped);
      onDrop(dropped);
    }
  }
}

/** An upper bound of the text's memory, and near the bytes that are sent where ids are ASCII. */
function sizeOf(tick: UndeliveredTick): number {
  return tick.report.length;
}
