import { ErrorReply, OK, type Reply } from '../protocol/reply.js';
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
  if (transaction.failed) {
    throw new ErrorReply('EXECABORT Transaction discarded because of previous errors.');
  }
  return transaction.commands.map(({ args }) => {
    const reply = context.execute(args, { ...context, origin: 'transaction' });
    return typeof reply === 'symbol' ? null : reply;
  });
}

function discard({ session }: CommandContext): Reply {
  if (session.transaction === undefined) throw new ErrorReply('ERR DISCARD without MULTI');
  session.transaction = undefined;
  return OK;
}

export const transactionCommands: readonly Command[] = [
  { name: 'multi', arity: 1, run: multi, forbiddenIn: ['script'] },
  { name: 'exec', arity: 1, run: exec, forbiddenIn: ['script'] },
  { name: 'discard', arity: 1, run: discard, forbiddenIn: ['script'] },
];
