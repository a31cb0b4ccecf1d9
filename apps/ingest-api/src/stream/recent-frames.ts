import { compareEventIds } from './event-id.js';
import { type EventFrame } from './event-frame.js';

export interface RecentFramesLimits {
  maxFrames: number;
  /** Of the frames' texts, in UTF-16 code units. */
  maxLength: number;
}

/** The newest frames of a group without a gap, from which a client that was away for a moment goes on. */
export class RecentFrames {
  readonly #limits: RecentFramesLimits;
  readonly #frames: EventFrame[] = [];
  #length = 0;
  #completeAfter: string | undefined;

  /** `completeAfter`: every event after this id will be pushed; without it only those after the first pushed. */
  constructor(limits: RecentFramesLimits, completeAfter?: string) {
    this.#limits = limits;
    this.#completeAfter = completeAfter;
  }

  /**
   * Adds the next frame. The newest one is kept whatever its length. An id that is not newer than the ones before is
   * that of a store that lost its data: what was before is forgotten.
   */
  push(frame: EventFrame): void {
    if (this.newestId === undefined || compareEventIds(frame.id, this.newestId) <= 0) this.#startAt(frame.id);
    this.#frames.push(frame);
    this.#length += frame.text.length;
    const { maxFrames, maxLength } = this.#limits;
    while (this.#frames.length > 1 && (this.#frames.length > maxFrames || this.#length > maxLength)) {
      const dropped = this.#frames.shift();
      if (dropped === undefined) return;
      this.#length -= dropped.text.length;
      this.#completeAfter = dropped.id;
    }
  }

  /** The frames after an id, oldest first; undefined where some of them are not held any more. */
  after(id: string): readonly EventFrame[] | undefined {
    if (this.#completeAfter === undefined || compareEventIds(id, this.#completeAfter) < 0) return undefined;
    const first = this.#frames.findIndex((frame) => compareEventIds(frame.id, id) > 0);
    return first === -1 ? [] : this.#frames.slice(first);
  }

  /** Id of the newest event that is known of. */
  get newestId(): string | undefined {
    return this.#frames.at(-1)?.id ?? this.#completeAfter;
  }

  #startAt(id: string): void {
    this.#frames.length = 0;
    this.#length = 0;
    this.#completeAfter = id;
  }
}
