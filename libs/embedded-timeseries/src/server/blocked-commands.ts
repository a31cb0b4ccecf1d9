import { type Reply } from '../protocol/reply.js';
import { type Connection } from './connection.js';

interface BlockedCommand {
  retry: () => Reply | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Commands that wait for data, one per connection at most. */
export class BlockedCommands {
  readonly #waiting = new Map<Connection, BlockedCommand>();

  get size(): number {
    return this.#waiting.size;
  }

  /** @param timeoutMs 0: without end. */
  add(
    connection: Connection,
    timeoutMs: number,
    retry: () => Reply | undefined,
    onTimeout: () => Reply,
  ): void {
    const timer =
      timeoutMs === 0
        ? undefined
        : setTimeout(() => {
            this.#waiting.delete(connection);
            connection.unblock(onTimeout());
          }, timeoutMs);
    this.#waiting.set(connection, { retry, timer });
  }

  /** Data changed: answers the commands that can be answered now. */
  retry(): void {
    for (const [connection, { retry }] of [...this.#waiting]) {
      const reply = retry();
      if (reply === undefined) continue;
      this.remove(connection);
      connection.unblock(reply);
    }
  }

  remove(connection: Connection): void {
    clearTimeout(this.#waiting.get(connection)?.timer);
    this.#waiting.delete(connection);
  }
}
