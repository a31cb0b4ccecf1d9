import { isIPv6 } from 'node:net';
import { ProtocolError } from '../errors.js';
import { problemOfPath } from './znode-path.js';

const DEFAULT_PORT = 2181;

/** Where a server listens. */
export interface ServerAddress {
  /** A name, or an IP literal without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface ConnectString {
  readonly servers: readonly ServerAddress[];
  /** Empty, or a path such as `/atalaya`. */
  readonly chroot: string;
}

/**
 * Reads `host:port,[::1]:port/chroot`; the port is 2181 where none is given, and a chroot of `/` is none.
 *
 * @throws {ProtocolError} `INVALID_CONNECT_STRING`
 */
export function parseConnectString(text: string): ConnectString {
  const slash = text.indexOf('/');
  const hosts = slash === -1 ? text : text.slice(0, slash);
  const path = slash === -1 ? '/' : text.slice(slash);
  const chroot = path === '/' ? '' : path;
  const problem = chroot === '' ? undefined : problemOfPath(chroot);
  if (problem !== undefined) throw invalid(text, `its chroot is not a znode path: ${problem}`);
  return { servers: hosts.split(',').map((address) => parseServer(address.trim(), text)), chroot };
}

/** `host:port`, with brackets around the literal of an IPv6 address. */
export function formatServer({ host, port }: ServerAddress): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function parseServer(address: string, text: string): ServerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (host === undefined || port < 1 || port > 65_535 || (match?.[1] !== undefined && !isIPv6(host))) {
    throw invalid(text, `${JSON.stringify(address)} is not a server`);
  }
  return { host, port };
}

function invalid(text: string, problem: string): ProtocolError {
  return new ProtocolError(
    'INVALID_CONNECT_STRING',
    `${JSON.stringify(text)} is not a connect string, since ${problem}: ` +
      'write host:port,host:port and, if wanted, /chroot',
  );
}
