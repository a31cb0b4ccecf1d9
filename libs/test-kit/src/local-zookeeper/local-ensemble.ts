import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { abortError, TestKitError } from '../errors.js';
import { freePorts, isPortFree } from '../network/free-port.js';
import { removeFolderWithParent } from '../processes/reaper.js';
import { waitFor } from '../waiting/wait-for.js';
import {
  type StartedZooKeeper,
  type ZooKeeperOptions,
  type ZooKeeperServer,
} from '../zookeeper/started-zookeeper.js';
import { type LocalInstallation } from './installation.js';
import { type EnsembleSettings, LocalServer, portTaken } from './local-server.js';
import { type ServerPorts } from './server-configuration.js';

const HOST = '127.0.0.1';
/** Ports are drawn anew when another process takes one between the look and the bind. */
const START_ATTEMPTS = 5;

/**
 * Starts a standalone server or an ensemble from a local installation and resolves when all its servers serve.
 *
 * @throws TestKitError `PORT_TAKEN` (a fixed `port`), `SERVER_DIED`, `SERVER_NOT_READY`, `ABORTED`
 */
export async function startLocalEnsemble(
  installation: LocalInstallation,
  options: ZooKeeperOptions,
): Promise<StartedZooKeeper> {
  const { servers = 1, port, dataDir, signal } = options;
  if (signal?.aborted) throw abortError(signal, 'The start of ZooKeeper');
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(servers, port);
    const storage = await prepareStorage(dataDir);
    const ensemble = new LocalEnsemble(
      {
        installation,
        host: HOST,
        folder: storage.folder,
        ports,
        tickTimeMs: options.tickTimeMs ?? 500,
        configuration: options.configuration ?? {},
        javaOptions: options.javaOptions ?? [],
        startTimeoutMs: options.startTimeoutMs ?? 60_000,
      },
      storage,
    );
    try {
      await ensemble.startAll(signal);
      return ensemble;
    } catch (error) {
      await ensemble.close();
      const portLost = error instanceof TestKitError && error.code === 'PORT_TAKEN' && port === undefined;
      if (!portLost || attempt === START_ATTEMPTS) throw error;
    }
  }
}

async function choosePorts(servers: number, firstPort: number | undefined): Promise<ServerPorts[]> {
  const internal = await freePorts(servers === 1 ? 0 : 2 * servers, HOST);
  const clients =
    firstPort === undefined
      ? (await freePorts(3 * servers, HOST)).filter((candidate) => !internal.includes(candidate))
      : Array.from({ length: servers }, (_, index) => firstPort + index);
  const chosen = clients.slice(0, servers);
  if (firstPort !== undefined) {
    for (const port of chosen) if (!(await isPortFree(port, HOST))) throw portTaken(HOST, port);
  }
  return chosen.map((client, index) => ({
    client,
    quorum: internal[2 * index] ?? 0,
    election: internal[2 * index + 1] ?? 0,
  }));
}

interface Storage {
  readonly folder: string;
  /** Whether the data stays after `close()`. */
  readonly kept: boolean;
  remove(): Promise<void>;
}

async function prepareStorage(dataDir: string | undefined): Promise<Storage> {
  if (dataDir !== undefined) {
    const folder = resolve(dataDir);
    await mkdir(folder, { recursive: true });
    return { folder, kept: true, remove: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-zookeeper-'));
  const forget = removeFolderWithParent(folder);
  return {
    folder,
    kept: false,
    remove: async () => {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      forget();
    },
  };
}

class LocalEnsemble implements StartedZooKeeper {
  readonly source = 'local';
  readonly connectString: string;
  readonly #servers: readonly LocalServer[];
  #closing: Promise<void> | undefined;

  constructor(
    private readonly settings: EnsembleSettings,
    private readonly storage: Storage,
  ) {
    this.#servers = settings.ports.map(
      (_, index) => new LocalServer(settings, index, () => this.#hasMajority()),
    );
    this.connectString = this.#servers.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  get servers(): readonly ZooKeeperServer[] {
    return this.#servers;
  }

  async startAll(signal: AbortSignal | undefined): Promise<void> {
    const onAbort = (): void => {
      void this.close();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.all(this.#servers.map((server) => server.startServing()));
      await this.waitUntilServing();
    } catch (error) {
      throw signal?.aborted ? abortError(signal, 'The start of ZooKeeper') : error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async leader(): Promise<ZooKeeperServer | undefined> {
    const answering = this.#servers.filter((server) => server.running && !server.paused);
    const modes = await Promise.all(answering.map((server) => server.mode()));
    return answering.find((_, index) => modes[index] === 'leader' || modes[index] === 'standalone');
  }

  async waitUntilServing({
    timeoutMs = this.settings.startTimeoutMs,
    signal,
  }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {}): Promise<void> {
    let modes: unknown[] = [];
    const serving = async (): Promise<boolean> => {
      const answering = this.#servers.filter((server) => server.running && !server.paused);
      const found = await Promise.all(answering.map((server) => server.mode()));
      modes = found.map((mode, index) => `${answering[index]?.id ?? 0}: ${mode ?? 'not serving'}`);
      return found.every(Boolean) && found.some((mode) => mode === 'leader' || mode === 'standalone');
    };
    try {
      await waitFor(serving, { timeoutMs, intervalMs: 50, ...(signal ? { signal } : {}) });
    } catch (cause) {
      if (signal?.aborted) throw abortError(signal, 'Waiting for ZooKeeper');
      throw new TestKitError(
        'SERVER_NOT_READY',
        `ZooKeeper (${this.connectString}) did not serve within ${timeoutMs} ms; servers: ${modes.join(', ')}`,
        { cause },
      );
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => (this.storage.kept ? server.stop() : server.kill())));
    await this.storage.remove();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #hasMajority(): boolean {
    return this.#servers.filter((server) => server.running).length > this.#servers.length / 2;
  }
}
