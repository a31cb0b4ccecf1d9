import type { Session } from '../connection/session.js';
import type { WatchEventType } from '../transport/transport.js';
import type { Disposer } from '../waiting/disposer.js';
import type { LiveCache } from './live-cache.js';

/** The persistent recursive watch of a cache: set once in a session, and again by the transport at each reconnection. */
export class RecursiveWatch {
  readonly #path: string;
  readonly #live: Pick<LiveCache<unknown>, 'interrupt' | 'isOver'>;
  readonly #fired: (type: WatchEventType, path: string) => void;
  #set: { readonly session: Session; readonly unwatch: Disposer } | undefined;

  constructor(
    path: string,
    live: Pick<LiveCache<unknown>, 'interrupt' | 'isOver'>,
    fired: (type: WatchEventType, path: string) => void,
  ) {
    this.#path = path;
    this.#live = live;
    this.#fired = fired;
  }

  async setIn(session: Session): Promise<void> {
    if (this.#set?.session === session) return;
    this.end();
    const unwatch = await session.watchPersistently(this.#path, true, (type, path) => {
      if (type !== 'removed') {
        this.#fired(type, path);
        return;
      }
      // A server did not set it again: it has to be set anew, if it can be.
      this.end();
      this.#live.interrupt();
    });
    if (this.#live.isOver) unwatch();
    else this.#set = { session, unwatch };
  }

  end(): void {
    this.#set?.unwatch();
    this.#set = undefined;
  }
}
