import { ErrorReply, NULL_ARRAY, OK, type Reply } from '../protocol/reply.js';
import { type Command, type CommandContext } from './command.js';

function multi({ session }: CommandContext): Reply {
  if (session.transaction) throw new ErrorReply('ERR MULTI calls can not be nested');
  session.transaction = { commands: [], failed: false };
  return OK;
}

/** Runs the queued commands one after another; an error of one does not undo the others. */
function exec(context: CommandContext): Reply {
  const { session } = context;
  const transaction = session.transaction;
  if (transaction === undefined) throw new ErrorReply('ERR EXEC without MULTI');
  session.transaction = undefined;
  const isBroken = session.watch?.isBroken === true;
  unwatch(context);
  if (transaction.failed) {
    throw new ErrorReply('EXECABORT Transaction discarded because of previous errors.');
  }
  if (isBroken) return NULL_ARRAY;
  return transaction.commands.map(({ args }) => {
    const reply = context.execute(args, { ...context, origin: 'transaction' });
    return typeof reply === 'symbol' ? null : reply;
  });
}

function discard(context: CommandContext): Reply {
  const { session } = context;
  if (session.transaction === undefined) throw new ErrorReply('ERR DISCARD without MULTI');
  session.transaction = undefined;
  return unwatch(context);
}

/** The next EXEC answers null, and runs nothing, when one of the keys has changed by then. */
function watch({ database, session }: CommandContext, args: string[]): Reply {
  if (session.transaction) throw new ErrorReply('ERR WATCH inside MULTI is not allowed');
  session.watch ??= { isBroken: false };
  for (const key of args.slice(1)) database.watches.add(key, session.watch);
  return OK;
}

function unwatch({ database, session }: CommandContext): Reply {
  if (session.watch) database.watches.remove(session.watch);
  session.watch = undefined;
  return OK;
}

export const transactionCommands: readonly Command[] = [
  { name: 'multi', arity: 1, run: multi, forbiddenIn: ['script'] },
  { name: 'exec', arity: 1, run: exec, forbiddenIn: ['script'] },
  { name: 'discard', arity: 1, run: discard, forbiddenIn: ['script'] },
  { name: 'watch', arity: -2, run: watch, forbiddenIn: ['script'] },
  { name: 'unwatch', arity: 1, run: unwatch, forbiddenIn: ['script'] },
];
