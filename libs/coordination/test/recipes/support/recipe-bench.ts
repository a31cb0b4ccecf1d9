import { transportUnderTest } from '../../support/transport-under-test.js';
import {
  startFaultProxy,
  startZooKeeper,
  TestKitError,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import type { Client } from '../../../src/index.js';
import { TestClients } from '../../support/clients.js';

/**
 * A real server behind a proxy that loses what a test is about, with two clients connected through it; one bench for
 * all the tests of a file, each on a path of its own.
 */
export class RecipeBench {
  readonly zooKeeper: StartedZooKeeper;
  readonly proxy: FaultProxy;
  readonly first: Client;
  readonly second: Client;
  /** A client past the proxy, for what others do during a fault. */
  readonly direct: Client;
  /** Connect string of the clients, past the proxy. */
  readonly hosts: string;
  readonly chroot: string;

  private constructor(
    zooKeeper: StartedZooKeeper,
    proxy: FaultProxy,
    chroot: string,
    clients: [Client, Client, Client],
  ) {
    this.zooKeeper = zooKeeper;
    this.proxy = proxy;
    this.chroot = chroot;
    this.hosts = zooKeeper.connectString + chroot;
    [this.first, this.second, this.direct] = clients;
  }

  static async start(): Promise<RecipeBench> {
    const zooKeeper = await startZooKeeper();
    const proxy = await startFaultProxy({ upstreams: zooKeeper.servers });
    const proxied = new TestClients(proxy.connectString);
    const hosts = zooKeeper.connectString + proxied.chroot;
    const clients = await Promise.all([
      proxied.connect(),
      proxied.connect(),
      proxied.connect({ transport: transportUnderTest, hosts }),
    ]);
    await clients[0].ensurePath('/');
    return new RecipeBench(zooKeeper, proxy, proxied.chroot, clients);
  }

  /** Lifts the faults of a test, and waits for the clients to be connected again. */
  async heal(): Promise<void> {
    await this.proxy.passThrough();
    await Promise.all([this.first.connected(), this.second.connected()]);
  }

  /**
   * Ends the client's session at the server, for real. The client is kept out meanwhile: it would take the session
   * back. Where the server ends the exchange without an answer, asking again tells whether the session is over.
   */
  async expire(client: Client): Promise<void> {
    const id = client.sessionId!;
    await using _refused = await this.proxy.refuse();
    for (let over = false, asked = 1; !over; asked++) {
      over = await this.proxy.expireSession(id).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof TestKitError) || asked === 5) throw error;
          if (error.code === 'ZOOKEEPER_UNREACHABLE') return false;
          if (error.code === 'SESSION_NOT_RESUMED' && asked > 1) return true;
          throw error;
        },
      );
    }
    this.cut(client);
  }

  /** Resets the connection of one client; it may come back at once. */
  cut(client: Client): void {
    this.proxy.cut({ where: (connection) => connection.session?.id === client.sessionId });
  }

  /** Paths at or below this one that the server's sessions watch. */
  async watchedPaths(path: string): Promise<string[]> {
    const listed = await this.zooKeeper.servers[0]!.fourLetterWord('wchp');
    return listed.split('\n').filter((line) => line.startsWith(this.chroot + path));
  }

  /** The connections go first: the native client's close would wait for a proxy that it keeps from running. */
  async close(): Promise<void> {
    await this.proxy.close();
    await Promise.all([this.first, this.second, this.direct].map((client) => client.close()));
    await this.zooKeeper.close();
  }
}
