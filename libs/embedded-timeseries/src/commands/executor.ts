import { KeyspaceLimitError } from '../keyspace/keyspace-limit-error.js';
import { ErrorReply, type Reply, SimpleString } from '../protocol/reply.js';
import { type BLOCKED, type Command, type CommandContext, type NO_REPLY, wrongArity } from './command.js';
import { connectionCommands } from './connection.js';
import { hashCommands } from './hashes.js';
import { keyCommands } from './keys.js';
import { pubsubCommands } from './pubsub.js';
import { scriptCommands } from './scripting.js';
import { stringCommands } from './strings.js';
import { commandCommand, serverCommands } from './server-info.js';
import { streamCommands } from './streams.js';
import { addCommands } from './timeseries/add.js';
import { createCommands } from './timeseries/create.js';
import { infoCommands } from './timeseries/info.js';
import { multiKeyRangeCommands } from './timeseries/multi-key-range.js';
import { multiRangeCommands } from './timeseries/multi-range.js';
import { queryLabelsCommands } from './timeseries/query-labels.js';
import { rangeCommands } from './timeseries/range.js';
import { readCommands } from './timeseries/read.js';
import { ruleCommands } from './timeseries/rules.js';
import { transactionCommands } from './transactions.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [
    ...connectionCommands,
    ...serverCommands,
    commandCommand(() => COMMANDS.values()),
    ...keyCommands,
    ...stringCommands,
    ...hashCommands,
    ...streamCommands,
    ...pubsubCommands,
    ...transactionCommands,
    ...scriptCommands,
    ...createCommands,
    ...addCommands,
    ...rangeCommands,
    ...multiRangeCommands,
    ...multiKeyRangeCommands,
    ...readCommands,
    ...queryLabelsCommands,
    ...ruleCommands,
    ...infoCommands,
  ].map((command) => [command.name, command]),
);

/** In capitals as most clients write them, which saves the conversion. */
const IN_CAPITALS: ReadonlyMap<string, Command> = new Map(
  [...COMMANDS].map(([name, command]) => [name.toUpperCase(), command]),
);

const QUEUED = new SimpleString('QUEUED');
const NOT_QUEUED = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);

/** Runs one command of a client; errors of the command are replies, anything else is thrown. */
export function executeCommand(
  args: string[],
  context: CommandContext,
): Reply | typeof BLOCKED | typeof NO_REPLY {
  const { session, database } = context;
  if (context.origin === 'client' && database.hasExpiringKeys) database.deleteExpired(context.server.now());
  try {
    const command = findCommand(args, context);
    if (session.transaction && context.origin === 'client' && !NOT_QUEUED.has(command.name)) {
      if (command.forbiddenIn?.includes('transaction') === true) {
        throw new ErrorReply('ERR Command not allowed inside a transaction');
      }
      session.transaction.commands.push({ command, args });
      return QUEUED;
    }
    if (command.defersCompactions !== true) context.database.settleCompactions();
    return command.run(context, args);
  } catch (error) {
    // As Redis says it, for clients know that code.
    if (error instanceof KeyspaceLimitError)
      return new ErrorReply(`OOM command not allowed: ${error.message}`);
    if (!(error instanceof ErrorReply)) throw error;
    return error;
  } finally {
    if (context.origin === 'client') {
      database.settleCompactions();
      database.trim();
    }
  }
}

function findCommand(args: string[], context: CommandContext): Command {
  const { session, origin } = context;
  const name = args[0] ?? '';
  const command = IN_CAPITALS.get(name) ?? COMMANDS.get(name.toLowerCase());
  try {
    if (command === undefined) throw unknownCommand(name, args);
    if (command.arity < 0 ? args.length < -command.arity : args.length !== command.arity)
      throw wrongArity(name);
    if (!session.authenticated && command.anonymous !== true)
      throw new ErrorReply('NOAUTH Authentication required.');
    if (origin === 'script' && command.forbiddenIn?.includes('script') === true) {
      throw new ErrorReply('ERR This Redis command is not allowed from script');
    }
    const subscriptions = session.channels.size + session.patterns.size;
    if (
      origin === 'client' &&
      subscriptions > 0 &&
      session.protocol === 2 &&
      command.whileSubscribed !== true
    ) {
      throw new ErrorReply(
        `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are ` +
          'allowed in this context',
      );
    }
    return command;
  } catch (error) {
    // A command that cannot be queued makes EXEC fail.
    if (session.transaction && origin === 'client') session.transaction.failed = true;
    throw error;
  }
}

/** Arguments are named up to about 128 bytes, as Redis does. */
function unknownCommand(name: string, args: readonly string[]): ErrorReply {
  let shown = '';
  for (const argument of args.slice(1)) {
    if (shown.length >= 128) break;
    shown += `'${argument.slice(0, 128 - shown.length)}' `;
  }
  return new ErrorReply(`ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`);
}
