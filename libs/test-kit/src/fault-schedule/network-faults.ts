import { type Fault } from '../fault-proxy/faults.js';
import { type PartitionableZooKeeper, type ZooKeeperServer } from '../zookeeper/started-zookeeper.js';
import { type FaultKind } from './fault-kind.js';
import { at, DEFAULT_LASTS_MS, type Lasting } from './lasting.js';

const LONGEST_LAG_MS = 1_500;

/**
 * What becomes of the links among the servers: one server is cut off from the others, in both directions or in one; two
 * of them lose each other; the leader is cut off and all its followers are restarted at once, so that another is
 * elected while it still believes that it leads; a server lags behind the leader; connections are cut.
 */
export function networkFaults(
  zk: Pick<PartitionableZooKeeper, 'servers' | 'network' | 'leader'>,
  { lastsMs = DEFAULT_LASTS_MS }: { readonly lastsMs?: Lasting } = {},
): FaultKind[] {
  const { network, servers } = zk;
  const lasting = (name: string, begin: (server: ZooKeeperServer, draw: number) => Fault): FaultKind => ({
    name,
    targets: servers.map(({ id }) => `links of server ${id}`),
    lastsMs,
    inject: (target, draw) => {
      const fault = begin(at(servers, target), draw);
      return Promise.resolve(() => fault.lift());
    },
  });
  const another = (server: ZooKeeperServer, draw: number): ZooKeeperServer => {
    const others = servers.filter((each) => each !== server);
    return at(others, draw % others.length);
  };
  return [
    lasting('isolate server', (server) => network.isolate(server)),
    lasting('block one way', (server, draw) =>
      network.block(draw % 2 === 0 ? { from: server } : { to: server }),
    ),
    lasting('block one link', (server, draw) => network.block({ from: server, to: another(server, draw) })),
    lasting('lag', (server, draw) => network.delay({ to: server, delayMs: 1 + (draw % LONGEST_LAG_MS) })),
    lasting('stall', (server) => network.stall({ to: server })),
    {
      name: 'cut links',
      targets: servers.map(({ id }) => `links of server ${id}`),
      inject: (target) => {
        network.cut({ from: at(servers, target) });
        return Promise.resolve(undefined);
      },
    },
    {
      name: 'isolate leader and restart its followers',
      targets: ['leader'],
      alsoHits: servers.flatMap(({ id }) => [`server ${id}`, `links of server ${id}`]),
      lastsMs,
      inject: async () => {
        const leader = await zk.leader();
        if (!leader) return undefined;
        const isolation = network.isolate(leader);
        const followers = servers.filter(({ id }) => id !== leader.id);
        await Promise.all(followers.map((follower) => follower.kill()));
        await Promise.all(followers.map((follower) => follower.start()));
        return () => isolation.lift();
      },
    },
  ];
}
