import { isIPv6 } from 'node:net';
import { invalid } from '../arguments/arguments.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { assertZnodePath } from './znode-path.js';

const defaultPort = 2181;

/** Where a server listens for clients. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a connect string says. */
export interface ConnectString {
  readonly servers: readonly ServerAddress[];
  /** Empty, or a path such as `/atalaya`. */
  readonly chroot: string;
}

/**
 * Reads `host:port,[::1]:port/chroot`; the port is 2181 where none is given, and a chroot of `/` is none.
 *
 * @throws {CoordinationError} `INVALID_ARGUMENT` for servers or a chroot that ZooKeeper's own clients refuse
 */
export function parseConnectString(text: string): ConnectString {
  if (typeof text !== 'string') throw invalid('hosts', text, 'a connect string: host:port,host:port/chroot');
  const slash = text.indexOf('/');
  const hosts = slash === -1 ? text : text.slice(0, slash);
  const path = slash === -1 ? '/' : text.slice(slash);
  const chroot = path === '/' ? '' : path;
  if (chroot !== '') assertZnodePath(chroot);
  return { servers: hosts.split(',').map((address) => parseServer(address.trim(), text)), chroot };
}

export function formatServers(servers: readonly ServerAddress[]): string {
  return servers.map(({ host, port }) => `${isIPv6(host) ? `[${host}]` : host}:${port}`).join(',');
}

function parseServer(address: string, text: string): ServerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host === undefined || port < 1 || port > 65_535 || (match?.[1] !== undefined && !isIPv6(host))) {
    throw new CoordinationError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text)} is not a connect string, because of ${JSON.stringify(address)}: ` +
        'write host:port,host:port and, if wanted, /chroot',
    );
  }
  return { host, port };
}
