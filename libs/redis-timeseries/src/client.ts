import { type Cluster, type Redis } from 'ioredis';
import { asTimeSeriesError } from './client-error.js';
import { type Command } from './command.js';
import { TimeSeriesError } from './errors.js';
import { WireCommand } from './wire-command.js';

/** The method of ioredis's pipeline that takes a command object; its exported type leaves it out. */
interface Pipeline {
  sendCommand(command: WireCommand): unknown;
}

/** Result of one command of a pipeline. */
export type Settled<T> = { ok: true; value: T } | { ok: false; error: Error };

/** Results of {@link sendAll}, in the order of its commands. */
export type SettledAll<C extends readonly Command<unknown>[]> = {
  -readonly [I in keyof C]: C[I] extends Command<infer T> ? Settled<T> : never;
};

/**
 * Sends a command.
 *
 * @throws TimeSeriesError for an error reply or a reply of another form; what ioredis throws for a lost connection
 */
export async function send<T>(redis: Redis | Cluster, command: Command<T>): Promise<T> {
  let reply: unknown;
  try {
    reply = await redis.sendCommand(new WireCommand(command));
  } catch (error) {
    throw asTimeSeriesError(error, command.name);
  }
  return command.decode(reply);
}

/**
 * Sends commands in one write and reads their replies in order. It is not a transaction: each command succeeds or fails
 * by itself. On a Cluster all keys must be in slots of one node; those of one hash tag are.
 *
 * @throws what ioredis throws where nothing could be sent
 */
export async function sendAll<const C extends readonly Command<unknown>[]>(
  redis: Redis | Cluster,
  commands: C,
): Promise<SettledAll<C>> {
  const pipeline = redis.pipeline();
  for (const command of commands) (pipeline as unknown as Pipeline).sendCommand(new WireCommand(command));
  const results = (await pipeline.exec()) ?? [];
  return commands.map((command, index) => settle(command, results[index])) as SettledAll<C>;
}

function settle<T>(command: Command<T>, result: [Error | null, unknown] | undefined): Settled<T> {
  if (result === undefined) {
    const message = `${command.name} was not answered.`;
    return { ok: false, error: new TimeSeriesError('UNEXPECTED_REPLY', message, { command: command.name }) };
  }
  const [error, reply] = result;
  if (error !== null) return { ok: false, error: asTimeSeriesError(error, command.name) as Error };
  try {
    return { ok: true, value: command.decode(reply) };
  } catch (decodeError) {
    return { ok: false, error: decodeError as Error };
  }
}
