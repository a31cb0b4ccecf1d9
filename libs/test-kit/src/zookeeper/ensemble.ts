import { abortError, TestKitError } from '../errors.js';
import { waitFor } from '../waiting/wait-for.js';
import { type ServerMode } from './four-letter-word.js';
import { type StartedZooKeeper, type ZooKeeperServer } from './started-zookeeper.js';

interface ObservedMode {
  readonly server: ZooKeeperServer;
  readonly mode: ServerMode | undefined;
}

/** What a {@link StartedZooKeeper} does alike wherever its servers run. */
export abstract class Ensemble<Server extends ZooKeeperServer> implements StartedZooKeeper {
  abstract readonly source: StartedZooKeeper['source'];
  #closing: Promise<void> | undefined;

  constructor(
    readonly servers: readonly Server[],
    readonly connectString: string = servers.map(({ host, port }) => `${host}:${port}`).join(','),
  ) {}

  /** Ends the servers and removes their data; called once. */
  protected abstract end(): Promise<void>;

  async leader(): Promise<ZooKeeperServer | undefined> {
    const modes = await this.#modes();
    return modes.find(({ mode }) => mode === 'leader' || mode === 'standalone')?.server;
  }

  async waitUntilServing({
    timeoutMs = 60_000,
    signal,
  }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<void> {
    let modes: readonly ObservedMode[] = [];
    const serving = async (): Promise<boolean> => {
      modes = await this.#modes();
      const leads = modes.some(({ mode }) => mode === 'leader' || mode === 'standalone');
      return leads && modes.every(({ mode }) => mode !== undefined);
    };
    try {
      await waitFor(serving, { timeoutMs, intervalMs: 50, ...(signal ? { signal } : {}) });
    } catch (cause) {
      if (signal?.aborted) throw abortError(signal, 'Waiting for ZooKeeper');
      const seen = modes.map(({ server, mode }) => `server ${server.id} ${mode ?? 'does not serve'}`);
      throw new TestKitError(
        'SERVER_NOT_READY',
        `ZooKeeper (${this.connectString}) did not serve within ${timeoutMs} ms: ` +
          (seen.join(', ') || 'no server is running'),
        { cause },
      );
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whether more than half of the servers are started. */
  protected hasMajority(): boolean {
    return this.servers.filter((server) => server.running).length > this.servers.length / 2;
  }

  async #modes(): Promise<ObservedMode[]> {
    const answering = this.servers.filter((server) => server.running && !server.paused);
    return Promise.all(answering.map(async (server) => ({ server, mode: await server.mode() })));
  }
}
