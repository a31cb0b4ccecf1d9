import { timingSafeEqual } from 'node:crypto';
import { parseInteger } from '../protocol/parse-number.js';
import { ErrorReply, MapReply, OK, type Reply, SimpleString } from '../protocol/reply.js';
import { at, type Command, type CommandContext, syntaxError, wrongArity } from './command.js';
import { COMPATIBLE_REDIS_VERSION } from './compatibility.js';

function hello(context: CommandContext, args: string[]): Reply {
  const { session } = context;
  let protocol = session.protocol;
  let index = 1;
  if (args.length > 1) {
    const version = parseInteger(at(args, 1));
    if (version === undefined) {
      throw new ErrorReply('ERR Protocol version is not an integer or out of range');
    }
    if (version !== 2 && version !== 3) throw new ErrorReply('NOPROTO unsupported protocol version');
    protocol = version;
    index = 2;
  }
  for (; index < args.length; index++) {
    const option = at(args, index).toUpperCase();
    if (option === 'AUTH' && index + 2 < args.length) {
      authenticate(context, at(args, index + 1), at(args, index + 2));
      index += 2;
    } else if (option === 'SETNAME' && index + 1 < args.length) {
      session.name = clientName(at(args, ++index));
    } else {
      throw new ErrorReply(`ERR Syntax error in HELLO option '${at(args, index).slice(0, 128)}'`);
    }
  }
  if (!session.authenticated) {
    throw new ErrorReply(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH ' +
        '<user> <pass> option can be used to authenticate the client and select the RESP protocol version at ' +
        'the same time',
    );
  }
  session.protocol = protocol;
  const module = new MapReply([
    ['name', 'timeseries'],
    ['ver', context.server.moduleVersion],
    ['path', ''],
    ['args', []],
  ]);
  return new MapReply([
    ['server', 'redis'],
    ['version', COMPATIBLE_REDIS_VERSION],
    ['proto', protocol],
    ['id', session.id],
    ['mode', 'standalone'],
    ['role', 'master'],
    ['modules', [module]],
  ]);
}

function auth(context: CommandContext, args: string[]): Reply {
  if (args.length > 3) throw syntaxError();
  if (context.server.password === undefined && args.length === 2) {
    throw new ErrorReply(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your ' +
        'configuration is correct?',
    );
  }
  const [user, password] = args.length === 3 ? [at(args, 1), at(args, 2)] : ['default', at(args, 1)];
  authenticate(context, user, password);
  return OK;
}

function authenticate({ server, session }: CommandContext, user: string, password: string): void {
  const expected = server.password;
  const matches =
    expected === undefined || equalInConstantTime(password, Buffer.from(expected).toString('latin1'));
  if (user !== 'default' || !matches) {
    throw new ErrorReply('WRONGPASS invalid username-password pair or user is disabled.');
  }
  session.authenticated = true;
}

function equalInConstantTime(a: string, b: string): boolean {
  const [given, expected] = [Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')];
  // Compared with itself where the lengths differ: the time does not tell how much was right.
  return (
    timingSafeEqual(expected, given.length === expected.length ? given : expected) &&
    given.length === expected.length
  );
}

function clientName(name: string): string {
  if (/[^!-~]/.test(name)) {
    throw new ErrorReply('ERR Client names cannot contain spaces, newlines or special characters.');
  }
  return name;
}

function client(context: CommandContext, args: string[]): Reply {
  const { session, server } = context;
  const subcommand = at(args, 1).toUpperCase();
  const exactly = (count: number): void => {
    if (args.length !== count) throw wrongArity(`client|${subcommand}`);
  };
  switch (subcommand) {
    case 'ID':
      exactly(2);
      return session.id;
    case 'GETNAME':
      exactly(2);
      return session.name === '' ? null : session.name;
    case 'SETNAME':
      exactly(3);
      session.name = clientName(at(args, 2));
      return OK;
    case 'SETINFO':
      exactly(4);
      return setInfo(context, at(args, 2), at(args, 3));
    case 'INFO':
      exactly(2);
      return `${describe(context, session)}\n`;
    case 'LIST':
      return [...server.sessions()].map((other) => `${describe(context, other)}\n`).join('');
    case 'NO-EVICT':
    case 'NO-TOUCH':
      exactly(3);
      if (!['ON', 'OFF'].includes(at(args, 2).toUpperCase())) throw syntaxError();
      return OK;
    default:
      throw new ErrorReply(`ERR unknown subcommand '${at(args, 1).slice(0, 128)}'. Try CLIENT HELP.`);
  }
}

function setInfo({ session }: CommandContext, attribute: string, value: string): Reply {
  const name = attribute.toLowerCase();
  if (name !== 'lib-name' && name !== 'lib-ver') {
    throw new ErrorReply(`ERR Unrecognized option '${attribute.slice(0, 128)}'`);
  }
  if (/[^!-~]/.test(value)) {
    throw new ErrorReply(`ERR ${name} cannot contain spaces, newlines or special characters.`);
  }
  if (name === 'lib-name') session.libraryName = value;
  else session.libraryVersion = value;
  return OK;
}

function describe({ server }: CommandContext, session: CommandContext['session']): string {
  const subscriptions = `sub=${session.channels.size} psub=${session.patterns.size}`;
  const library = `lib-name=${session.libraryName} lib-ver=${session.libraryVersion}`;
  return `id=${session.id} addr=${session.address} laddr=127.0.0.1:${server.port} name=${session.name} db=0 ${subscriptions} resp=${session.protocol} ${library}`;
}

function select({ session }: CommandContext, args: string[]): Reply {
  const index = parseInteger(at(args, 1));
  if (index === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
  if (index !== 0) throw new ErrorReply('ERR DB index is out of range');
  session.database = index;
  return OK;
}

function ping({ session }: CommandContext, args: string[]): Reply {
  if (args.length > 2) throw wrongArity('ping');
  if (session.protocol === 2 && session.channels.size + session.patterns.size > 0)
    return ['pong', args[1] ?? ''];
  return args[1] ?? new SimpleString('PONG');
}

function quit({ session }: CommandContext): Reply {
  session.closeAfterReply();
  return OK;
}

function reset({ server, session, database }: CommandContext): Reply {
  session.transaction = undefined;
  if (session.watch) database.watches.remove(session.watch);
  session.watch = undefined;
  session.channels.clear();
  session.patterns.clear();
  session.name = '';
  session.protocol = 2;
  session.authenticated = server.password === undefined;
  return new SimpleString('RESET');
}

export const connectionCommands: readonly Command[] = [
  { name: 'hello', arity: -1, run: hello, anonymous: true, forbiddenIn: ['script', 'transaction'] },
  { name: 'auth', arity: -2, run: auth, anonymous: true, forbiddenIn: ['script'] },
  { name: 'client', arity: -2, run: client, forbiddenIn: ['script'] },
  { name: 'select', arity: 2, run: select },
  { name: 'ping', arity: -1, run: ping, whileSubscribed: true },
  { name: 'echo', arity: 2, run: (_context, args) => at(args, 1) },
  {
    name: 'quit',
    arity: -1,
    run: quit,
    anonymous: true,
    whileSubscribed: true,
    forbiddenIn: ['script', 'transaction'],
  },
  {
    name: 'reset',
    arity: 1,
    run: reset,
    anonymous: true,
    whileSubscribed: true,
    forbiddenIn: ['script', 'transaction'],
  },
];
