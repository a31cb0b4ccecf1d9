import { type BoundedConnection } from '../connection/bounded-connection.js';
import { groupKeys } from '../keys.js';
import { type EventsOptions, type StoreEvent } from '../store-event.js';
import { eventsOfEntry } from './event-entry.js';
import { compareEventIds, isEventId } from './event-id.js';
import { type EventSubscriber } from './event-subscriber.js';

/** Entries of one page of the stream; each is of up to 100 events. */
const PAGE_SIZE = 100;

/** Reads events of groups: from the stream what came before, then what is announced. */
export class GroupEvents {
  readonly #connection: BoundedConnection;
  readonly #subscriber: EventSubscriber;
  readonly #lookUpStatus: (group: string) => Promise<unknown>;

  constructor(
    connection: BoundedConnection,
    subscriber: EventSubscriber,
    lookUpStatus: (group: string) => Promise<unknown>,
  ) {
    this.#connection = connection;
    this.#subscriber = subscriber;
    this.#lookUpStatus = lookUpStatus;
  }

  /** Each event once, in order of its id, until the signal aborts. Throws where the store stays away at the start. */
  async *events(
    group: string,
    { afterId, signal }: EventsOptions,
  ): AsyncGenerator<StoreEvent, void, undefined> {
    if (signal.aborted) return;
    const keys = groupKeys(group);
    const newest = await this.#newestId(keys.events);
    // An id from before the store lost its data may be ahead of every event to come.
    let lastId = isEventId(afterId) && compareEventIds(afterId, newest) <= 0 ? afterId : newest;
    const wake = new Wake();
    const subscription = this.#subscriber.subscribe(keys.channel, wake.ring);
    signal.addEventListener('abort', wake.ring, { once: true });
    try {
      wake.ring(); // What was written between the first read and the subscription is already there.
      while (!isAborted(signal)) {
        await wake.wait();
        let isFull: boolean;
        do {
          if (isAborted(signal)) return;
          const page = await this.#page(group, keys.events, lastId);
          ({ isFull } = page);
          for (const event of page.events) {
            lastId = event.id;
            yield event;
            if (isAborted(signal)) return;
          }
        } while (isFull);
      }
    } finally {
      subscription[Symbol.dispose]();
      signal.removeEventListener('abort', wake.ring);
    }
  }

  async #newestId(stream: string): Promise<string> {
    const entries = await this.#connection.run((redis) => redis.xrevrange(stream, '+', '-', 'COUNT', 1));
    return entries[0]?.[0] ?? '0-0';
  }

  async #page(
    group: string,
    stream: string,
    afterId: string,
  ): Promise<{ events: StoreEvent[]; isFull: boolean }> {
    const entries = await this.#connection.run((redis) =>
      redis.xrange(stream, `(${afterId}`, '+', 'COUNT', PAGE_SIZE),
    );
    const events: StoreEvent[] = [];
    for (const entry of entries) {
      for (const event of eventsOfEntry(entry, afterId)) {
        events.push(event.data === undefined ? { ...event, data: await this.#lookUpStatus(group) } : event);
      }
    }
    return { events, isFull: entries.length === PAGE_SIZE };
  }
}

/** A call, since the compiler takes the property for constant after the first check. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Remembers one ring until somebody waits for it. */
class Wake {
  #rung = false;
  #resolve: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    this.#resolve?.();
  };

  async wait(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#resolve = resolve));
    this.#rung = false;
    this.#resolve = undefined;
  }
}
