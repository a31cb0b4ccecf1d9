import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { CoordinationError } from '../../errors/coordination-error.js';
import { formatServers, type ServerAddress } from '../connect-string.js';

/** Resolves one host name to IP literals. */
export type Resolver = (host: string) => Promise<readonly string[]>;

export const systemResolver: Resolver = async (host) => {
  const results = await lookup(host, { all: true });
  return results.map(({ address }) => address);
};

/**
 * The servers as IP literals, for the native client, which would block the thread on every look-up. A name that does
 * not resolve is left out while another one does.
 *
 * The list has odd length: where all servers fail, the client visits every other entry of an even one, and may never
 * try the rest (ZOOKEEPER-2466). The padding repeats the first entry.
 */
export async function resolveServers(servers: readonly ServerAddress[], resolver: Resolver): Promise<string> {
  const failures: unknown[] = [];
  const resolved = await Promise.all(
    servers.map(async ({ host, port }) => {
      if (isIP(host)) return [{ host, port }];
      try {
        return (await resolver(host)).map((address) => ({ host: address, port }));
      } catch (error) {
        failures.push(error);
        return [];
      }
    }),
  );
  const unique = [...new Map(resolved.flat().map((address) => [formatServers([address]), address])).values()];
  if (unique.length === 0) {
    throw new CoordinationError(
      'CONNECTION_LOSS',
      `None of the host names in ${formatServers(servers)} can be resolved: check their spelling and the name server`,
      { cause: failures[0] },
    );
  }
  return formatServers(padToOdd(unique));
}

export function padToOdd<T>(list: readonly T[]): T[] {
  const [first] = list;
  return list.length % 2 === 0 && first !== undefined ? [...list, first] : [...list];
}
