import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { type Store } from '../store/store-port.js';
import { availabilityText, type EventFrame, frameOf } from './event-frame.js';
import { RecentFrames } from './recent-frames.js';

/** Enough for over an hour of a group with ticks of 5 s. */
const RECENT_LIMITS = { maxFrames: 2_000, maxLength: 4 * 1024 * 1024 };

/** Most that is sent to a receiver in one go, in UTF-16 code units: well below what a client may have unread. */
const MAX_BURST_LENGTH = 256 * 1024;

const RETRY_MS = 1_000;

/** Takes the events of a group. */
export interface FrameReceiver {
  send(frame: Pick<EventFrame, 'text'>): void;
  /** Resolves when most of what was sent is on its way, and when there will be no more sending. */
  ready(): Promise<void>;
  /** Ends the stream, since events were missed; the client has to look at the state anew. */
  end(): void;
}

/** A call, since the compiler takes the property for constant once it was checked. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

interface Reading {
  /** Id of the last event taken. */
  position: () => string | undefined;
  take: (frame: EventFrame) => Promise<void> | void;
  /** Called when reading failed, before it is tried again. */
  failed?: () => void;
  /** Called when the store answers again, before reading goes on. */
  back?: () => void;
  signal: AbortSignal;
}

/**
 * The events of one group, read once from the store for all receivers. Reading starts with the first receiver and
 * ends with {@link close}; an outage of the store is announced to the receivers and waited out, and reading goes on after the
 * last event seen.
 */
export class GroupFeed {
  readonly #store: Pick<Store, 'events' | 'ping'>;
  readonly #group: string;
  /** All receivers, each with what ends its catching up. */
  readonly #receivers = new Map<FrameReceiver, AbortController>();
  /** Those that get new events at once. */
  readonly #live = new Set<FrameReceiver>();
  readonly #stop = new AbortController();
  #recent: RecentFrames | undefined;
  #isAway = false;

  constructor(store: Pick<Store, 'events' | 'ping'>, group: string) {
    this.#store = store;
    this.#group = group;
  }

  get isEmpty(): boolean {
    return this.#receivers.size === 0;
  }

  /**
   * Sends a receiver the events after `afterId`, as far as the store keeps them, and then the new ones; only new ones
   * without `afterId`. Each is sent once, in order.
   *
   * @returns ends it
   */
  join(receiver: FrameReceiver, afterId?: string): () => void {
    const recent = (this.#recent ??= this.#start(afterId));
    const leaving = new AbortController();
    this.#receivers.set(receiver, leaving);
    if (this.#isAway) receiver.send({ text: availabilityText(false) });
    if (afterId === undefined) this.#live.add(receiver);
    else if (!this.#goLive(receiver, recent, afterId)) {
      void this.#catchUp(receiver, recent, afterId, leaving.signal);
    }
    return () => {
      leaving.abort();
      this.#receivers.delete(receiver);
      this.#live.delete(receiver);
    };
  }

  close(): void {
    this.#stop.abort();
    for (const leaving of this.#receivers.values()) leaving.abort();
    this.#receivers.clear();
    this.#live.clear();
  }

  #start(afterId: string | undefined): RecentFrames {
    const recent = new RecentFrames(RECENT_LIMITS, afterId);
    let missed = false;
    let burstLength = 0;
    void this.#read({
      position: () => recent.newestId,
      take: async (frame) => {
        recent.push(frame);
        for (const receiver of [...this.#live]) {
          if (missed) receiver.end();
          else receiver.send(frame);
        }
        missed = false;
        burstLength += frame.text.length;
        if (burstLength < MAX_BURST_LENGTH) return;
        // Many events at once must not cut clients that read: let them.
        await setImmediate();
        burstLength = 0;
      },
      // Without a position there is nothing to go on from: what happens until the store is back is not seen.
      failed: () => {
        missed = recent.newestId === undefined;
        this.#announceAvailability(false);
      },
      back: () => {
        this.#announceAvailability(true);
      },
      signal: this.#stop.signal,
    });
    return recent;
  }

  /** Lets a receiver that has seen all up to `afterId` go on from memory; false where that is not possible. */
  #goLive(receiver: FrameReceiver, recent: RecentFrames, afterId: string): boolean {
    const missed = recent.after(afterId);
    if (missed === undefined) return false;
    if (missed.reduce((length, frame) => length + frame.text.length, 0) > MAX_BURST_LENGTH) return false;
    for (const frame of missed) receiver.send(frame);
    this.#live.add(receiver);
    return true;
  }

  /** Reads for one receiver, at its own pace, until it can go on with the others. */
  async #catchUp(
    receiver: FrameReceiver,
    recent: RecentFrames,
    afterId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const done = new AbortController();
    let position = afterId;
    await this.#read({
      position: () => position,
      take: async (frame) => {
        await receiver.ready();
        if (signal.aborted) return;
        receiver.send(frame);
        position = frame.id;
        if (this.#goLive(receiver, recent, position)) done.abort();
      },
      signal: AbortSignal.any([signal, done.signal]),
    });
  }

  #announceAvailability(isAvailable: boolean): void {
    this.#isAway = !isAvailable;
    const frame = { text: availabilityText(isAvailable) };
    for (const receiver of [...this.#receivers.keys()]) receiver.send(frame);
  }

  async #read({ position, take, failed, back, signal }: Reading): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of this.#store.events(this.#group, { afterId: position(), signal })) {
          await take(frameOf(event));
          if (isAborted(signal)) return;
        }
      } catch {
        // The store is away; who watches it logs that once for the whole process.
        failed?.();
        await this.#storeIsBack(signal);
        if (!isAborted(signal)) back?.();
      }
    }
  }

  /** Resolves when the store answers, or the signal aborts. */
  async #storeIsBack(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      if (isAborted(signal)) return;
      try {
        await this.#store.ping();
        return;
      } catch {
        // Still away.
      }
    }
  }
}
