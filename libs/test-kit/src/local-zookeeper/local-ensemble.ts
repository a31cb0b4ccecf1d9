import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { abortError, TestKitError } from '../errors.js';
import { isPortFree, reserveFreePorts } from '../network/free-port.js';
import { type PortReservation, releaseAll, reservePorts } from '../network/port-reservation.js';
import { removeFolderWithParent } from '../processes/reaper.js';
import { openServerNetwork, type ServerNetwork } from '../server-network/server-network.js';
import { Ensemble } from '../zookeeper/ensemble.js';
import { type StartedZooKeeper, type ZooKeeperOptions } from '../zookeeper/started-zookeeper.js';
import { type LocalInstallation } from './installation.js';
import { type EnsembleSettings, LocalServer, portTaken } from './local-server.js';
import { PARTITIONABLE_JAVA_OPTIONS, type ServerPorts } from './server-configuration.js';

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
  const { port, signal } = options;
  if (signal?.aborted) throw abortError(signal, 'The start of ZooKeeper');
  for (let attempt = 1; ; attempt++) {
    const ensemble = await prepareEnsemble(installation, options);
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

async function prepareEnsemble(
  installation: LocalInstallation,
  options: ZooKeeperOptions,
): Promise<LocalEnsemble> {
  const { ports, reservations } = await choosePorts(options.servers ?? 1, options.port);
  let network: ServerNetwork | undefined;
  try {
    network = options.partitionable === true ? await openServerNetwork(ports, HOST) : undefined;
    const storage = await prepareStorage(options.dataDir);
    return new LocalEnsemble(
      {
        installation,
        host: HOST,
        folder: storage.folder,
        ports,
        ...(network ? { portsSeenBy: network.portsSeenBy.bind(network) } : {}),
        tickTimeMs: options.tickTimeMs ?? 500,
        configuration: options.configuration ?? {},
        javaOptions: [...(network ? PARTITIONABLE_JAVA_OPTIONS : []), ...(options.javaOptions ?? [])],
        startTimeoutMs: options.startTimeoutMs ?? 60_000,
      },
      storage,
      reservations,
      network,
    );
  } catch (error) {
    await network?.close();
    releaseAll(reservations);
    throw error;
  }
}

interface ChosenPorts {
  readonly ports: ServerPorts[];
  /** They keep the ports of servers that are down. */
  readonly reservations: readonly PortReservation[];
}

async function choosePorts(servers: number, firstPort: number | undefined): Promise<ChosenPorts> {
  const fixed =
    firstPort === undefined ? [] : Array.from({ length: servers }, (_, index) => firstPort + index);
  for (const port of fixed) if (!(await isPortFree(port, HOST))) throw portTaken(HOST, port);
  // Three for each server; where the client ports are fixed, as many as may turn out to be those.
  const reservations = await reserveFreePorts(3 * servers, HOST);
  const drawn = reservations.map(({ port }) => port).filter((port) => !fixed.includes(port));
  const ports = Array.from({ length: servers }, (_, index) => ({
    quorum: drawn[index] ?? 0,
    election: drawn[servers + index] ?? 0,
    client: fixed[index] ?? drawn[2 * servers + index] ?? 0,
  }));
  // A fixed port is used as well where it cannot be reserved.
  return { ports, reservations: [...reservations, ...(await reservePorts(fixed, HOST))] };
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

class LocalEnsemble extends Ensemble<LocalServer> {
  readonly source = 'local';

  constructor(
    settings: EnsembleSettings,
    private readonly storage: Storage,
    private readonly reservations: readonly PortReservation[],
    /** Undefined unless the ensemble is partitionable. */
    readonly network: ServerNetwork | undefined,
  ) {
    super(settings.ports.map((_, index) => new LocalServer(settings, index, () => this.hasMajority())));
  }

  async startAll(signal: AbortSignal | undefined): Promise<void> {
    const onAbort = (): void => {
      void this.close();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.all(this.servers.map((server) => server.startServing()));
      await this.waitUntilServing();
    } catch (error) {
      throw signal?.aborted ? abortError(signal, 'The start of ZooKeeper') : error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  protected async end(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close(this.storage.kept ? 'stop' : 'kill')));
    await this.network?.close();
    releaseAll(this.reservations);
    await this.storage.remove();
  }
}
