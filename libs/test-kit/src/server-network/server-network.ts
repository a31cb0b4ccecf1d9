import { FaultProxy } from '../fault-proxy/fault-proxy.js';
import { type Direction, type Fault } from '../fault-proxy/faults.js';
import { type ServerPorts } from '../local-zookeeper/server-configuration.js';
import { CombinedFault } from './combined-fault.js';
import { ElectionGreetingReader, OpaqueReader } from './election-greeting.js';

/** As a `ZooKeeperServer`, by its number in the ensemble. */
interface Server {
  readonly id: number;
}

/** What one server sends to another: a way through the network, in one direction. */
export interface Route {
  /** The sender; every server by default. */
  readonly from?: Server;
  /** The receiver; every server by default. */
  readonly to?: Server;
}

/** The connections that one server opens to another: to its quorum port and to its election port. */
interface Line {
  readonly caller: number;
  readonly called: number;
  readonly proxy: FaultProxy;
}

/** Index of the link to the election port, after the one to the quorum port. */
const ELECTION_LINK = 1;
/**
 * A server that is elected listens for its followers a moment later. One that is refused then tries again, but one
 * whose connection is accepted, by a proxy, and ended at once gives up and leaves the other to wait for it in vain.
 */
const PATIENCE_MS = 1_000;

/**
 * Starts a proxy for each server's connections to each other one.
 *
 * @throws TestKitError `PORT_TAKEN` when no port can be bound
 */
export async function openServerNetwork(
  ensemble: readonly ServerPorts[],
  host: string,
): Promise<ServerNetwork> {
  const lines: Line[] = [];
  const electionAddress = (caller: number, called: number): string => {
    const link = lines.find((line) => line.caller === caller && line.called === called)?.proxy.links[
      ELECTION_LINK
    ];
    return `${host}:${link?.port ?? 0}`;
  };
  const opaque = new OpaqueReader();
  ensemble.forEach((_, caller) => {
    ensemble.forEach(({ quorum, election }, called) => {
      if (caller === called) return;
      const greeting = (): ElectionGreetingReader =>
        new ElectionGreetingReader(() => electionAddress(called, caller));
      const proxy = new FaultProxy([
        { host, port: quorum, patienceMs: PATIENCE_MS, readerOf: () => opaque },
        {
          host,
          port: election,
          patienceMs: PATIENCE_MS,
          readerOf: (direction) => (direction === 'toServer' ? greeting() : opaque),
        },
      ]);
      lines.push({ caller, called, proxy });
    });
  });
  const network = new ServerNetwork(ensemble, lines);
  try {
    for (const { proxy } of lines) await proxy.open();
    return network;
  } catch (error) {
    await network.close();
    throw error;
  }
}

/**
 * The links among the servers of an ensemble, over which they elect their leader and follow it. Clients reach every
 * server all the same: a server that is cut off from the others still answers its own.
 *
 * Faults add up, and each is in force until its `lift()`. What is lost is lost as in a network: nobody is told, and
 * whoever waits gives up by its own time limits, `syncLimit` × `tickTimeMs` for a leader and its followers.
 */
export class ServerNetwork implements AsyncDisposable {
  /** @internal */
  constructor(
    private readonly ensemble: readonly ServerPorts[],
    private readonly lines: readonly Line[],
  ) {}

  /**
   * Nothing arrives by these routes any more, all of them by default: a partition in one direction. When it is lifted,
   * the connections that have lost bytes are cut.
   *
   * @example
   * network.block({ from: leader }); // the followers hear nothing from it, and it hears them
   */
  block(route: Route = {}): Fault {
    return this.#onRoutes([route], (proxy, direction) => proxy.halfOpen({ direction }));
  }

  /** A partition in both directions: between these servers and all others nothing arrives any more. */
  isolate(...servers: readonly Server[]): Fault {
    const inside = servers.map(({ id }) => id);
    const outside = this.ensemble.map((_, index) => index + 1).filter((id) => !inside.includes(id));
    const routes = inside.flatMap((from) =>
      outside.flatMap((to) => [
        { from: { id: from }, to: { id: to } },
        { from: { id: to }, to: { id: from } },
      ]),
    );
    return this.#onRoutes(routes, (proxy, direction) => proxy.halfOpen({ direction }));
  }

  /**
   * Everything arrives `delayMs` late by these routes, in order.
   *
   * @example
   * network.delay({ from: leader, to: follower, delayMs: 500 }); // the follower lags behind by half a second
   */
  delay({ delayMs, ...route }: Route & { readonly delayMs: number }): Fault {
    return this.#onRoutes([route], (proxy, direction) => proxy.delay({ direction, delayMs }));
  }

  /** What is sent by these routes is kept back, and arrives when the fault is lifted. */
  stall(route: Route = {}): Fault {
    return this.#onRoutes([route], (proxy, direction) => proxy.stall({ direction }));
  }

  /** Cuts the connections that stand between these servers, in either direction; returns how many there were. */
  cut({ from, to }: Route = {}): number {
    let count = 0;
    for (const { caller, called, proxy } of this.lines) {
      if (isOn({ from, to }, caller, called) || isOn({ from, to }, called, caller)) count += proxy.cut();
    }
    return count;
  }

  /** Lifts all faults. */
  async heal(): Promise<void> {
    await Promise.all(this.lines.map(({ proxy }) => proxy.passThrough()));
  }

  /** Cuts everything and stops listening; idempotent. The ensemble's `close()` does it. */
  async close(): Promise<void> {
    await Promise.all(this.lines.map(({ proxy }) => proxy.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal The ports at which a server reaches the others, and its own, by index. */
  portsSeenBy(caller: number): ServerPorts[] {
    return this.ensemble.map((own, called) => {
      const line = this.lines.find((each) => each.caller === caller && each.called === called);
      // Its own ports are those that it listens on.
      if (!line) return own;
      const [quorum, election] = line.proxy.links.map(({ port }) => port);
      return { client: own.client, quorum: quorum ?? 0, election: election ?? 0 };
    });
  }

  /** Either of two servers may have opened the connection that carries what one of them sends. */
  #onRoutes(
    routes: readonly Route[],
    begin: (proxy: FaultProxy, direction: Direction) => Fault,
  ): CombinedFault {
    const faults: Fault[] = [];
    for (const { caller, called, proxy } of this.lines) {
      if (routes.some((route) => isOn(route, caller, called))) faults.push(begin(proxy, 'toServer'));
      if (routes.some((route) => isOn(route, called, caller))) faults.push(begin(proxy, 'toClient'));
    }
    return new CombinedFault(faults);
  }
}

function isOn(
  { from, to }: { from?: Server | undefined; to?: Server | undefined },
  sender: number,
  receiver: number,
): boolean {
  return (from === undefined || from.id === sender + 1) && (to === undefined || to.id === receiver + 1);
}
