import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { CoordinationError } from '../errors/coordination-error.js';
import { settledWithin } from '../waiting/abortable.js';
import { formatServers, type ServerAddress } from './connect-string.js';

/** Resolves one host name to IP literals. */
export type Resolver = (host: string) => Promise<readonly string[]>;

export const systemResolver: Resolver = async (host) => {
  const results = await lookup(host, { all: true });
  return results.map(({ address }) => address);
};

/** A name server that works answers sooner; others are not waited for while an address is known. */
const patienceMs = 250;

/**
 * The servers as IP literals, for the native client, which would block the thread on every look-up.
 *
 * Each name is looked up by itself, once at a time: that of a server that is gone may take ten seconds to fail, which
 * neither holds up the connection to the others nor takes up all threads that look names up.
 */
export class Addresses {
  readonly #hosts: readonly HostName[];
  readonly #servers: readonly ServerAddress[];

  constructor(servers: readonly ServerAddress[], resolver: Resolver) {
    this.#servers = servers;
    this.#hosts = servers.map((server) => new HostName(server, resolver));
  }

  /**
   * Looks every name up again: first the addresses of the names that answered soon, in random order, so that clients
   * spread over the servers; behind them those that the other names had at last. With none of either it waits for the
   * first that a name server knows.
   *
   * @throws {CoordinationError} `CONNECTION_LOSS` when no name was ever resolved
   */
  async lookUp(): Promise<readonly string[]> {
    // One that is under way since an earlier attempt has had its time.
    const awaited = this.#hosts.map(({ isAsked }) => !isAsked);
    const lookUps = this.#hosts.map((host) => host.lookUp());
    await settledWithin(Promise.allSettled(lookUps.filter((_, index) => awaited[index])), patienceMs);
    if (this.#hosts.every(({ known }) => known.length === 0)) await this.#first(lookUps);
    const fresh = this.#hosts.filter(({ isFresh }) => isFresh);
    const stale = this.#hosts.filter(({ isFresh }) => !isFresh);
    return [...new Set([fresh, stale].flatMap((hosts) => shuffled(hosts.flatMap(({ known }) => known))))];
  }

  async #first(lookUps: readonly Promise<void>[]): Promise<void> {
    try {
      await Promise.any(lookUps);
    } catch (error) {
      throw new CoordinationError(
        'CONNECTION_LOSS',
        `None of the host names in ${formatServers(this.#servers)} can be resolved: check their spelling and the name server`,
        { cause: (error as AggregateError).errors[0] },
      );
    }
  }
}

/** One server's name, with the addresses that it had when it was last resolved. */
class HostName {
  readonly #server: ServerAddress;
  readonly #resolver: Resolver;
  #known: readonly string[] = [];
  #isFresh = false;
  #lookUp: Promise<void> | undefined;

  constructor(server: ServerAddress, resolver: Resolver) {
    this.#server = server;
    this.#resolver = resolver;
  }

  get known(): readonly string[] {
    return this.#known;
  }

  /** Whether the addresses are those that the latest look-up returned. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  get isAsked(): boolean {
    return this.#lookUp !== undefined;
  }

  /** Joins the look-up that is under way, or begins one. */
  lookUp(): Promise<void> {
    this.#lookUp ??= this.#resolve().finally(() => {
      this.#lookUp = undefined;
    });
    return this.#lookUp;
  }

  async #resolve(): Promise<void> {
    const { host, port } = this.#server;
    this.#isFresh = false;
    const addresses = isIP(host) ? [host] : await this.#resolver(host);
    this.#known = addresses.map((address) => formatServers([{ host: address, port }]));
    this.#isFresh = true;
  }
}

/** Fisher and Yates' shuffle, in a new array. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(Math.random() * (last + 1));
    [result[last], result[chosen]] = [result[chosen] as T, result[last] as T];
  }
  return result;
}
