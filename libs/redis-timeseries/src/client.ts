import { type Cluster, type Redis } from 'ioredis';
import { type Command } from './command.js';
import { codeOfErrorText, TimeSeriesError } from './errors.js';

/** Sends a command over a connection; error replies become {@link TimeSeriesError}, lost connections stay ioredis errors. */
export async function send<T>(redis: Redis | Cluster, command: Command<T>): Promise<T> {
  let reply: unknown;
  try {
    reply = await redis.call(command.name, ...command.args);
  } catch (error) {
    throw asTimeSeriesError(error, command.name);
  }
  return command.decode(reply);
}

/** The typed form of an error reply; any other error as it is. */
export function asTimeSeriesError(error: unknown, command: string): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  return new TimeSeriesError(codeOfErrorText(error.message), `${command}: ${error.message}`, {
    cause: error,
    command,
  });
}
