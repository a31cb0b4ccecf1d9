import type { Session } from '../connection/session.js';
import type { ZnodeValue } from '../transport/stat.js';
import type { WatchEventType } from '../transport/transport.js';
import type { Disposer } from '../waiting/disposer.js';
import type { GatheredRequests } from './gathered-requests.js';

/**
 * The watch of a registration on its znode. Where the transport has watches that stay it is set once in a session, and
 * what an own write sets off is not handed on: servers send it before the answer to the write. Else each read sets it.
 */
export class OwnWatch {
  readonly #path: string;
  readonly #listener: (type: WatchEventType) => void;
  #setIn: bigint | undefined;
  #unwatch: Disposer | undefined;
  #expectsOwn = false;

  constructor(path: string, listener: (type: WatchEventType) => void) {
    this.#path = path;
    this.#listener = listener;
  }

  /** Reads the znode; what happens to it from then on is handed to the listener. */
  async read(session: Session, requests: GatheredRequests): Promise<ZnodeValue> {
    if (!session.capabilities.persistentWatches) {
      this.#unwatch?.();
      const read = await session.getWatched(this.#path, this.#listener);
      this.#unwatch = read.unwatch;
      return read;
    }
    if (this.#setIn !== session.id) {
      this.#unwatch = await session.watchPersistently(this.#path, false, (type) => {
        const isOwn = type === 'changed' && this.#expectsOwn;
        if (isOwn) this.#expectsOwn = false;
        else this.#listener(type);
      });
      this.#setIn = session.id;
    }
    return requests.get(this.#path);
  }

  /** Runs an own write that names the version it is for: where it succeeds, nobody else wrote before it. */
  async during<T>(write: () => Promise<T>): Promise<T> {
    this.#expectsOwn = true;
    try {
      return await write();
    } finally {
      this.#expectsOwn = false;
    }
  }

  /** Takes the watch away. */
  end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#setIn = undefined;
  }
}
