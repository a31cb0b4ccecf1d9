import { formatServer, type ServerAddress } from '@atalaya/zookeeper-protocol';
import { WireError } from '../errors/wire-error.js';
import { HostName, type Resolver } from './host-name.js';

/** A name server that works answers sooner; others are not waited for while an address is known. */
const PATIENCE_MS = 250;

/** A server, with one of its addresses. */
export interface Endpoint extends ServerAddress {
  /** IP literal. */
  readonly address: string;
}

/**
 * The servers, looked up anew for each round. Each name is looked up by itself, once at a time: that of a server that is
 * gone may take ten seconds to fail, which neither holds up the connection to the others nor takes up all threads that
 * look names up.
 */
export class ServerList {
  readonly #hosts: readonly HostName[];

  constructor(
    readonly servers: readonly ServerAddress[],
    resolver: Resolver,
  ) {
    this.#hosts = servers.map((server) => new HostName(server, resolver));
  }

  /**
   * Every address once: first those of the names that answered soon, in random order, so that clients spread over the
   * servers; behind them those that the other names had at last. With none of either it waits for the first that a name
   * server knows.
   *
   * @throws {WireError} `NAME_NOT_RESOLVED` when no name was ever resolved
   */
  async round(): Promise<Endpoint[]> {
    // One that is under way since an earlier round has had its time.
    const awaited = this.#hosts.map(({ isAsked }) => !isAsked);
    const lookUps = this.#hosts.map((host) => host.lookUp());
    await settledSoon(lookUps.filter((_, index) => awaited[index]));
    if (this.#hosts.every(({ known }) => known.length === 0)) await this.#first(lookUps);
    const fresh = this.#hosts.filter(({ isFresh }) => isFresh);
    const stale = this.#hosts.filter(({ isFresh }) => !isFresh);
    const endpoints = [fresh, stale].flatMap((hosts) => shuffled(hosts.flatMap(endpointsOf)));
    return [
      ...new Map(endpoints.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint])).values(),
    ];
  }

  async #first(lookUps: readonly Promise<void>[]): Promise<void> {
    try {
      await Promise.any(lookUps);
    } catch (error) {
      throw new WireError(
        'NAME_NOT_RESOLVED',
        `None of the names in ${this.servers.map(formatServer).join(',')} can be resolved: ` +
          'check their spelling and the name server',
        { cause: (error as AggregateError).errors[0] },
      );
    }
  }
}

function endpointsOf({ server, known }: HostName): Endpoint[] {
  return known.map((address) => ({ ...server, address }));
}

/** Waits for all, but not longer than a name server takes that works. */
async function settledSoon(lookUps: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  await Promise.race([Promise.allSettled(lookUps), patience]);
  clearTimeout(timer);
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
