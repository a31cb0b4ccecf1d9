import { ErrorReply, MapReply, type Reply } from '../protocol/reply.js';
import { at, type Command, type CommandContext } from './command.js';
import { COMPATIBLE_REDIS_VERSION } from './compatibility.js';

const MS_PER_DAY = 86_400_000;

function info({ server, database }: CommandContext, args: string[]): Reply {
  const uptimeMs = server.now() - server.startedAtMs;
  const { heapUsed, rss } = process.memoryUsage();
  const sections: Record<string, Record<string, string | number>> = {
    Server: {
      redis_version: COMPATIBLE_REDIS_VERSION,
      redis_mode: 'standalone',
      os: `${process.platform} ${process.arch}`,
      process_id: process.pid,
      tcp_port: server.port,
      uptime_in_seconds: Math.floor(uptimeMs / 1000),
      uptime_in_days: Math.floor(uptimeMs / MS_PER_DAY),
      atalaya_embedded: 1,
    },
    Clients: { connected_clients: [...server.sessions()].length, blocked_clients: server.blockedClients },
    Memory: { used_memory: heapUsed, used_memory_rss: rss },
    Persistence: { loading: 0 },
    Replication: { role: 'master', connected_slaves: 0 },
    Modules: {
      module: `name=timeseries,ver=${server.moduleVersion},api=1,filters=0,usedby=[],using=[],options=[]`,
    },
    Keyspace: database.size > 0 ? { db0: `keys=${database.size},expires=0,avg_ttl=0` } : {},
  };
  const asked = new Set(args.slice(1).map((name) => name.toLowerCase()));
  const isAll = asked.size === 0 || ['all', 'default', 'everything'].some((name) => asked.has(name));
  return Object.entries(sections)
    .filter(([name]) => isAll || asked.has(name.toLowerCase()))
    .map(([name, fields]) => `# ${name}\r\n${formatFields(fields)}`)
    .join('\r\n');
}

/** `name:value` lines; the modules line keeps its own form. */
function formatFields(fields: Record<string, string | number>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');
}

/** Seconds and microseconds of the clock that `*` stands for. */
function time({ server }: CommandContext): Reply {
  const now = server.now();
  return [String(Math.floor(now / 1000)), String((now % 1000) * 1000)];
}

/** The commands of this server; of each the name and the arity. */
export function commandCommand(commands: () => Iterable<Command>): Command {
  return {
    name: 'command',
    arity: -1,
    run: (_context, args) => {
      const all = [...commands()];
      const subcommand = args[1]?.toUpperCase();
      if (subcommand === 'COUNT') return all.length;
      if (subcommand === 'LIST') return all.map(({ name }) => name);
      if (subcommand === 'DOCS') return new MapReply([]);
      if (subcommand === 'INFO') {
        const asked = args.slice(2).map((name) => name.toLowerCase());
        return asked.map((name) => describe(all.find((command) => command.name === name)));
      }
      if (subcommand !== undefined) {
        throw new ErrorReply(`ERR unknown subcommand '${at(args, 1).slice(0, 128)}'. Try COMMAND HELP.`);
      }
      return all.map(describe);
    },
  };
}

function describe(command: Command | undefined): Reply {
  return command === undefined ? null : [command.name, command.arity, [], 0, 0, 0, [], [], [], []];
}

export const serverCommands: readonly Command[] = [
  { name: 'info', arity: -1, run: info },
  { name: 'time', arity: 1, run: time },
];
