import { AbstractStartedContainer, GenericContainer } from 'testcontainers';
import { ServingWaitStrategy } from './serving-wait-strategy.js';

/** The image of Docker's official library that is started by default. */
export const ZOOKEEPER_IMAGE = 'zookeeper:3.9';
export const ZOOKEEPER_CLIENT_PORT = 2181;
const STARTUP_TIMEOUT_MS = 120_000;

/**
 * A ZooKeeper server in a container, for tests: standalone, ticks of 500 ms (sessions of 1 s to 60 s), all four letter
 * words, without fsync. Started means that it serves requests on its mapped port.
 *
 * @example
 * await using container = await new ZooKeeperContainer().start();
 * container.getConnectionString(); // 'localhost:49153'
 */
export class ZooKeeperContainer extends GenericContainer {
  constructor(image: string = ZOOKEEPER_IMAGE) {
    super(image);
    this.withExposedPorts(ZOOKEEPER_CLIENT_PORT)
      .withEnvironment({
        ZOO_4LW_COMMANDS_WHITELIST: '*',
        ZOO_ADMINSERVER_ENABLED: 'false',
        ZOO_MAX_CLIENT_CNXNS: '0',
        ZOO_INIT_LIMIT: '20',
        ZOO_SYNC_LIMIT: '5',
      })
      .withConfiguration({ maxSessionTimeout: 60_000, forceSync: 'no', preAllocSize: 1024 })
      .withTickTime(500)
      .withWaitStrategy(new ServingWaitStrategy(ZOOKEEPER_CLIENT_PORT))
      .withStartupTimeout(STARTUP_TIMEOUT_MS);
  }

  /** Maps the server to this port of the machine, instead of to one that the engine draws at each start. */
  withHostPort(port: number): this {
    this.exposedPorts = [];
    return this.withExposedPorts({ container: ZOOKEEPER_CLIENT_PORT, host: port });
  }

  /** ZooKeeper's unit of time in milliseconds: sessions last at least two of it. */
  withTickTime(tickTimeMs: number): this {
    return this.withEnvironment({ ZOO_TICK_TIME: String(tickTimeMs) });
  }

  /** Adds lines to `zoo.cfg`; the keys must be ones that the image does not set from a variable of its own. */
  withConfiguration(configuration: Readonly<Record<string, string | number | boolean>>): this {
    const lines = Object.entries(configuration).map(([key, value]) => `${key}=${value}`);
    const present = this.environment.ZOO_CFG_EXTRA;
    return this.withEnvironment({ ZOO_CFG_EXTRA: [...(present ? [present] : []), ...lines].join(' ') });
  }

  override async start(): Promise<StartedZooKeeperContainer> {
    return new StartedZooKeeperContainer(await super.start());
  }
}

/** A {@link ZooKeeperContainer} that serves requests. */
export class StartedZooKeeperContainer extends AbstractStartedContainer {
  /** Port of this machine that leads to the server. */
  getClientPort(): number {
    return this.getMappedPort(ZOOKEEPER_CLIENT_PORT);
  }

  /** `host:port` for a client of ZooKeeper. */
  getConnectionString(): string {
    return `${this.getHost()}:${this.getClientPort()}`;
  }
}
