import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Client,
  createClient,
  type Group,
  nativeTransport,
  textCodec,
  type TransportFactory,
  wireTransport,
} from '@atalaya/coordination';
import { RawNativeClient } from './raw-native-client.js';

/** What a client has read: how many values, and, where it measures it itself, in how long a time. */
export interface ReadValues {
  readonly count: number;
  readonly ms?: number;
  /** Reads that its connection did not survive, so far. */
  readonly brokenReads?: number;
}

type Read = (parent: string) => Promise<ReadValues>;

/** The clients that run on Node.js, by name; each connects, and returns how it reads all children of a znode. */
export const NODE_CLIENTS = {
  raw: async (hosts) => {
    const client = await RawNativeClient.connect(hosts);
    return async (parent) => ({
      ...(await client.readChildren(parent)),
      brokenReads: client.brokenReads,
    });
  },
  native: (hosts) => Promise.resolve(childrenOf(connectedBy(nativeTransport, hosts))),
  wire: (hosts) => Promise.resolve(childrenOf(connectedBy(wireTransport, hosts))),
  cached: (hosts) => Promise.resolve(cachedGroup(connectedBy(wireTransport, hosts))),
  'node-zookeeper-client': nodeZookeeperClient,
} satisfies Record<string, (hosts: string, folder: string) => Promise<Read>>;

export type NodeClientName = keyof typeof NODE_CLIENTS;

function connectedBy(transport: TransportFactory, hosts: string): Client {
  return createClient({ hosts, sessionTimeoutMs: 30_000, transport });
}

function childrenOf(client: Client): Read {
  return async (parent) => ({ count: (await client.readChildren(parent)).children.size });
}

/** What a cached group knows without a request: each of its values is looked at. */
function cachedGroup(client: Client): Read {
  const groups = new Map<string, Promise<Group<string>>>();
  return async (parent) => {
    const opened = groups.get(parent) ?? client.group(parent, { codec: textCodec });
    groups.set(parent, opened);
    const group = await opened;
    const begun = performance.now();
    let count = 0;
    for (const { value } of group.snapshot().members.values()) count += Number(value !== '');
    return { count, ms: performance.now() - begun };
  };
}

/** The part of node-zookeeper-client that is used. */
interface NodeClient {
  once(event: 'connected', listener: () => void): void;
  connect(): void;
  getChildren(path: string, done: (error: Error | null, children: string[]) => void): void;
  getData(path: string, done: (error: Error | null, data: Buffer) => void): void;
}

async function nodeZookeeperClient(hosts: string, folder: string): Promise<Read> {
  const require = createRequire(join(folder, 'package.json'));
  const library = require('node-zookeeper-client') as {
    createClient(hosts: string, options: { sessionTimeout: number }): NodeClient;
  };
  const client = library.createClient(hosts, { sessionTimeout: 30_000 });
  await new Promise<void>((resolve) => {
    client.once('connected', resolve);
    client.connect();
  });
  const children = promisify<string, string[]>((path, done) => {
    client.getChildren(path, done);
  });
  const data = promisify<string, Buffer>((path, done) => {
    client.getData(path, done);
  });
  return async (parent) => {
    const names = await children(parent);
    return { count: (await Promise.all(names.map((name) => data(`${parent}/${name}`)))).length };
  };
}
