import { Command as IoredisCommand } from 'ioredis';
import { type Command } from './command.js';

/**
 * A command as ioredis sends it. ioredis has no table of the module's commands; given the keys, it sends a command to
 * the node of their Cluster slot at once, where `redis.call` would go to any node and be redirected.
 */
export class WireCommand extends IoredisCommand {
  readonly #keys: readonly string[];

  constructor({ name, args, keys }: Command<unknown>) {
    super(name, [...args], { replyEncoding: 'utf8' });
    this.#keys = keys;
  }

  override getKeys(): string[] {
    return [...this.#keys];
  }
}
