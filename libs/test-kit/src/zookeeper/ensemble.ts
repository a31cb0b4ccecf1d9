import { abortError, TestKitError } from '../errors.js';
import { grantsSessions } from '../sessions/grants-sessions.js';
import { waitFor } from '../waiting/wait-for.js';
import { type ServerStatus } from './four-letter-word.js';
import { type StartedZooKeeper, type ZooKeeperServer } from './started-zookeeper.js';

interface ObservedServer {
  readonly server: ZooKeeperServer;
  readonly status: ServerStatus | undefined;
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
    let latest: { readonly server: ZooKeeperServer; readonly zxid: bigint } | undefined;
    for (const { server, status } of await this.#observe()) {
      if (!leads(status)) continue;
      if (!latest || status.zxid > latest.zxid) latest = { server, zxid: status.zxid };
    }
    return latest?.server;
  }

  async waitUntilServing({
    timeoutMs = 60_000,
    signal,
  }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<void> {
    let observed: readonly ObservedServer[] = [];
    let withoutSessions: readonly ZooKeeperServer[] = [];
    const serving = async (): Promise<boolean> => {
      observed = await this.#observe();
      // One that was cut off and goes on leading has yet to join the others: killed meanwhile, it may never start again.
      const leaders = observed.filter(({ status }) => leads(status));
      withoutSessions = [];
      if (leaders.length !== 1 || !observed.every(({ status }) => status !== undefined)) return false;
      const granted = await Promise.all(observed.map(({ server }) => grantsSessions(server)));
      withoutSessions = observed.filter((_, index) => !granted[index]).map(({ server }) => server);
      return withoutSessions.length === 0;
    };
    try {
      await waitFor(serving, { timeoutMs, intervalMs: 50, ...(signal ? { signal } : {}) });
    } catch (cause) {
      if (signal?.aborted) throw abortError(signal, 'Waiting for ZooKeeper');
      const seen = observed.map(
        ({ server, status }) =>
          `server ${server.id} ${status?.mode ?? 'does not serve'}` +
          (withoutSessions.includes(server) ? ' but grants no session' : ''),
      );
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

  async #observe(): Promise<ObservedServer[]> {
    const answering = this.servers.filter((server) => server.running && !server.paused);
    return Promise.all(answering.map(async (server) => ({ server, status: await server.status() })));
  }
}

function leads(status: ServerStatus | undefined): status is ServerStatus {
  return status?.mode === 'leader' || status?.mode === 'standalone';
}
