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
 */
export async function resolveServers(
  servers: readonly ServerAddress[],
  resolver: Resolver,
): Promise<readonly string[]> {
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
  const unique = [...new Set(resolved.flat().map((address) => formatServers([address])))];
  if (unique.length === 0) {
    throw new CoordinationError(
      'CONNECTION_LOSS',
      `None of the host names in ${formatServers(servers)} can be resolved: check their spelling and the name server`,
      { cause: failures[0] },
    );
  }
  return unique;
}
