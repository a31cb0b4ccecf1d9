import { formatServer, ServerList, WireError, type Resolver } from '@atalaya/zookeeper-wire';
import { CoordinationError } from '../errors/coordination-error.js';
import type { ServerAddress } from './connect-string.js';

/** The servers as IP literals, for the native client, which would block the thread on every look-up. */
export class Addresses {
  readonly #servers: ServerList;

  constructor(servers: readonly ServerAddress[], resolver: Resolver) {
    this.#servers = new ServerList(servers, resolver);
  }

  /**
   * Looks every name up again; `host:port` of each address, in the order in which they are to be tried.
   *
   * @throws {CoordinationError} `CONNECTION_LOSS` when no name was ever resolved
   */
  async lookUp(): Promise<readonly string[]> {
    try {
      const endpoints = await this.#servers.round();
      return endpoints.map(({ address, port }) => formatServer({ host: address, port }));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new CoordinationError('CONNECTION_LOSS', error.message, { cause: error.cause });
    }
  }
}
