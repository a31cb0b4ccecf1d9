import {
  formatServer,
  parseConnectString as parse,
  ProtocolError,
  type ConnectString,
  type ServerAddress,
} from '@atalaya/zookeeper-wire';
import { invalid } from '../arguments/arguments.js';
import { CoordinationError } from '../errors/coordination-error.js';

export type { ConnectString, ServerAddress };

/**
 * Reads `host:port,[::1]:port/chroot`; the port is 2181 where none is given, and a chroot of `/` is none.
 *
 * @throws {CoordinationError} `INVALID_ARGUMENT` for servers or a chroot that ZooKeeper's own clients refuse
 */
export function parseConnectString(text: string): ConnectString {
  if (typeof text !== 'string') throw invalid('hosts', text, 'a connect string: host:port,host:port/chroot');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CoordinationError('INVALID_ARGUMENT', error.message, { cause: error });
  }
}

export function formatServers(servers: readonly ServerAddress[]): string {
  return servers.map(formatServer).join(',');
}
