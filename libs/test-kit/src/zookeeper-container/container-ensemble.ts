import {
  type ContainerRuntimeClient,
  getContainerRuntimeClient,
  Network,
  type StartedNetwork,
} from 'testcontainers';
import { abortError } from '../errors.js';
import { reserveFreePorts } from '../network/free-port.js';
import { type PortReservation, releaseAll, reservePorts } from '../network/port-reservation.js';
import { Ensemble } from '../zookeeper/ensemble.js';
import { type StartedZooKeeper, type ZooKeeperOptions } from '../zookeeper/started-zookeeper.js';
import { ContainerServer } from './container-server.js';
import {
  type StartedZooKeeperContainer,
  ZOOKEEPER_CLIENT_PORT,
  ZooKeeperContainer,
} from './zookeeper-container.js';

/** Whether a container engine answers. */
export async function isContainerEngineAvailable(): Promise<boolean> {
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/**
 * Starts a standalone server or an ensemble in containers and resolves when all servers serve. Ports are fixed on this
 * machine, so that a server that is stopped and started is found where it was.
 *
 * @throws TestKitError `ABORTED`, or what the container engine reports
 */
export async function startContainerEnsemble(options: ZooKeeperOptions): Promise<StartedZooKeeper> {
  const { servers = 1, port, signal } = options;
  const engine = await getContainerRuntimeClient();
  const network = servers > 1 ? await new Network().start() : undefined;
  const { ports, reservations } = await choosePorts(servers, port);
  const outcomes = await Promise.allSettled(
    ports.map((hostPort, index) => containerOf(options, servers, index, hostPort, network).start()),
  );
  const ensemble = new ContainerEnsemble(
    outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value),
    engine,
    network,
    reservations,
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure || signal?.aborted) {
    await ensemble.close();
    throw signal?.aborted ? abortError(signal, 'The start of ZooKeeper') : failure?.reason;
  }
  return ensemble;
}

async function choosePorts(
  servers: number,
  firstPort: number | undefined,
): Promise<{ readonly ports: number[]; readonly reservations: readonly PortReservation[] }> {
  if (firstPort === undefined) {
    const reservations = await reserveFreePorts(servers);
    return { ports: reservations.map(({ port }) => port), reservations };
  }
  const ports = Array.from({ length: servers }, (_, index) => firstPort + index);
  return { ports, reservations: await reservePorts(ports) };
}

class ContainerEnsemble extends Ensemble<ContainerServer> {
  readonly source = 'container';

  constructor(
    containers: readonly StartedZooKeeperContainer[],
    engine: ContainerRuntimeClient,
    private readonly network: StartedNetwork | undefined,
    private readonly reservations: readonly PortReservation[],
  ) {
    super(
      containers.map(
        (container, index) => new ContainerServer(index + 1, container, engine, () => this.hasMajority()),
      ),
    );
  }

  protected async end(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.remove()));
    releaseAll(this.reservations);
    await this.network?.stop();
  }
}

function containerOf(
  { tickTimeMs = 500, configuration, javaOptions, startTimeoutMs }: ZooKeeperOptions,
  servers: number,
  index: number,
  hostPort: number,
  network: StartedNetwork | undefined,
): ZooKeeperContainer {
  const container = new ZooKeeperContainer().withTickTime(tickTimeMs).withHostPort(hostPort);
  if (configuration) container.withConfiguration(configuration);
  if (javaOptions) container.withEnvironment({ SERVER_JVMFLAGS: javaOptions.join(' ') });
  if (startTimeoutMs !== undefined) container.withStartupTimeout(startTimeoutMs);
  if (network) {
    const members = Array.from({ length: servers }, (_, member) => member + 1);
    container
      .withNetwork(network)
      .withNetworkAliases(`zookeeper-${index + 1}`)
      .withEnvironment({
        ZOO_MY_ID: String(index + 1),
        ZOO_SERVERS: members
          .map((id) => `server.${id}=zookeeper-${id}:2888:3888;${ZOOKEEPER_CLIENT_PORT}`)
          .join(' '),
      });
  }
  return container;
}
