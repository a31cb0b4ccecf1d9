import { ErrorReply, MapReply, PushReply, type Reply } from '../protocol/reply.js';
import { at, type Command, type CommandContext, NO_REPLY, type Session } from './command.js';
import { globMatcher } from './glob.js';

type Kind = 'subscribe' | 'unsubscribe' | 'psubscribe' | 'punsubscribe';

function change(kind: Kind): Command['run'] {
  const isPattern = kind.startsWith('p');
  const isAdding = !kind.includes('un');
  return ({ session }, args) => {
    const subscribed = isPattern ? session.patterns : session.channels;
    const names: (string | null)[] = args.slice(1);
    if (names.length === 0) names.push(...(subscribed.size > 0 ? subscribed : [null]));
    for (const name of names) {
      if (name !== null) {
        if (isAdding) subscribed.add(name);
        else subscribed.delete(name);
      }
      session.push(new PushReply([kind, name, session.channels.size + session.patterns.size]));
    }
    return NO_REPLY;
  };
}

/** The messages that a publication means for one connection. */
export function messagesFor(session: Session, channel: string, message: string): PushReply[] {
  const messages: PushReply[] = [];
  if (session.channels.has(channel)) messages.push(new PushReply(['message', channel, message]));
  for (const pattern of session.patterns) {
    if (globMatcher(pattern)(channel)) messages.push(new PushReply(['pmessage', pattern, channel, message]));
  }
  return messages;
}

function pubsub({ server }: CommandContext, args: string[]): Reply {
  const sessions = [...server.sessions()];
  const rest = args.slice(2);
  switch (at(args, 1).toUpperCase()) {
    case 'CHANNELS': {
      const matches = globMatcher(rest[0] ?? '*');
      return [...new Set(sessions.flatMap(({ channels }) => [...channels]))].filter(matches);
    }
    case 'NUMSUB':
      return new MapReply(
        rest.map((channel) => [channel, sessions.filter(({ channels }) => channels.has(channel)).length]),
      );
    case 'NUMPAT':
      return new Set(sessions.flatMap(({ patterns }) => [...patterns])).size;
    default:
      throw new ErrorReply(`ERR unknown subcommand '${at(args, 1).slice(0, 128)}'. Try PUBSUB HELP.`);
  }
}

export const pubsubCommands: readonly Command[] = [
  { name: 'publish', arity: 3, run: ({ server }, args) => server.publish(at(args, 1), at(args, 2)) },
  { name: 'pubsub', arity: -2, run: pubsub },
  ...(['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe'] as const).map((name): Command => ({
    name,
    arity: name.includes('un') ? -1 : -2,
    run: change(name),
    whileSubscribed: true,
    forbiddenIn: ['script', 'transaction'],
  })),
];
