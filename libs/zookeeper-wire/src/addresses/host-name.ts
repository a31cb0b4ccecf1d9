import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type ServerAddress } from '@atalaya/zookeeper-protocol';

/** Resolves one host name to IP literals. */
export type Resolver = (host: string) => Promise<readonly string[]>;

/** By `getaddrinfo`, as the system is set up; off the event loop's thread. */
export const systemResolver: Resolver = async (host) => {
  const results = await lookup(host, { all: true });
  return results.map(({ address }) => address);
};

/** One server's name, with the addresses that it had when it was last resolved. */
export class HostName {
  #known: readonly string[] = [];
  #isFresh = false;
  #lookUp: Promise<void> | undefined;

  constructor(
    readonly server: ServerAddress,
    private readonly resolver: Resolver,
  ) {}

  get known(): readonly string[] {
    return this.#known;
  }

  /** Whether the addresses are those of the latest look-up. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  /** Whether a look-up is under way. */
  get isAsked(): boolean {
    return this.#lookUp !== undefined;
  }

  /** Joins the look-up that is under way, or begins one. Rejects with the resolver's error. */
  lookUp(): Promise<void> {
    this.#lookUp ??= this.#resolve().finally(() => {
      this.#lookUp = undefined;
    });
    return this.#lookUp;
  }

  async #resolve(): Promise<void> {
    this.#isFresh = false;
    const { host } = this.server;
    this.#known = isIP(host) ? [host] : await this.resolver(host);
    this.#isFresh = true;
  }
}
