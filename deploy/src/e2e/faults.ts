import { docker } from '../engine/docker.js';
import { type Container, type SwarmStack } from './swarm-stack.js';
import { type TickWatcher } from './ticks.js';
import { waitUntil } from './wait-until.js';

/** Something that goes wrong, or is done to the stack while it works. */
export interface Fault {
  name: string;
  inflict(): Promise<void>;
}

/** What the stack has to bear without a missing tick. */
export function faults(stack: SwarmStack, ticks: TickWatcher): Fault[] {
  return [
    {
      name: "the leader's container is killed",
      inflict: async () => {
        const { token } = await ticks.leader();
        await stack.kill(await leadersContainer(stack, ticks));
        await waitUntil("another term's report", async () => (await ticks.leader()).token !== token, {
          timeoutMs: 60_000,
        });
      },
    },
    {
      name: "the ZooKeeper ensemble's leader is killed",
      inflict: async () => {
        await stack.kill(await zooKeeperLeader(stack));
      },
    },
    {
      name: 'an API replica is killed',
      inflict: async () => {
        await stack.kill(await anyOf(stack, 'ingest-api'));
      },
    },
    {
      name: 'Redis is killed',
      inflict: async () => {
        await stack.kill(await anyOf(stack, 'redis'));
      },
    },
    {
      name: 'rolling update of the API',
      inflict: async () => {
        await stack.rollingUpdate('ingest-api');
      },
    },
    {
      name: 'rolling update of the candidates',
      inflict: async () => {
        await stack.rollingUpdate('leader-aggregator');
      },
    },
  ];
}

async function leadersContainer(stack: SwarmStack, ticks: TickWatcher): Promise<Container> {
  const { id: leader } = await ticks.leader();
  const found = (await stack.containers('leader-aggregator')).find(
    ({ environment }) => environment.INSTANCE_ID === leader,
  );
  if (found === undefined) throw new Error(`No container on this node is the leader '${leader ?? 'none'}'`);
  return found;
}

async function zooKeeperLeader(stack: SwarmStack): Promise<Container> {
  for (const container of await stack.containers()) {
    if (!container.service.startsWith('zookeeper-')) continue;
    const ask = 'exec 3<>/dev/tcp/127.0.0.1/2181 && printf srvr >&3 && cat <&3';
    if ((await docker(['exec', container.id, 'bash', '-c', ask])).includes('Mode: leader')) return container;
  }
  throw new Error('No ZooKeeper server says that it leads the ensemble');
}

async function anyOf(stack: SwarmStack, service: string): Promise<Container> {
  const [first] = await stack.containers(service);
  if (first === undefined) throw new Error(`The service '${service}' has no container on this node`);
  return first;
}
