import { type Client, createClient, nativeTransport, textCodec, wireTransport } from '@atalaya/coordination';
import type { Cleanup } from '../cleanup.js';
import type { ChildReader } from './child-reader.js';
import { LoopStallMeter } from './loop-stall-meter.js';
import { RawNativeClient } from './raw-native-client.js';

/** A reader in this process: how long its longest block of the event loop was is measured, too. */
function measured(
  name: string,
  read: (parent: string) => Promise<number | { count: number; ms: number }>,
): ChildReader {
  return {
    name,
    read: async (parent) => {
      using stalls = new LoopStallMeter();
      const begun = performance.now();
      const done = await read(parent);
      const ms = performance.now() - begun;
      return {
        ...(typeof done === 'number' ? { count: done, ms } : done),
        longestStallMs: stalls.longestMs(),
      };
    },
  };
}

/** This library on both of its transports, its cached group, and the native client as a program uses it without it. */
export async function ownClients(
  hosts: string,
  parents: readonly string[],
  cleanup: Cleanup,
): Promise<{ readers: ChildReader[]; raw: RawNativeClient }> {
  const wire = cleanup.use(createClient({ hosts, sessionTimeoutMs: 30_000, transport: wireTransport }));
  const native = cleanup.use(createClient({ hosts, sessionTimeoutMs: 30_000, transport: nativeTransport }));
  const raw = cleanup.use(await RawNativeClient.connect(hosts));
  const readBy = (client: Client) => async (parent: string) =>
    (await client.readChildren(parent)).children.size;
  const readers = [
    measured('raw native client', (parent) => raw.readChildren(parent)),
    measured('readChildren, native', readBy(native)),
    measured('readChildren, wire', readBy(wire)),
    await cachedGroup(wire, parents, cleanup),
  ];
  return { readers, raw };
}

/** What a cached group knows without a request: each of its values is looked at. */
async function cachedGroup(
  client: Client,
  parents: readonly string[],
  cleanup: Cleanup,
): Promise<ChildReader> {
  const groups = new Map(
    await Promise.all(
      parents.map(async (parent) => {
        const group = cleanup.use(await client.group(parent, { codec: textCodec }));
        return [parent, group] as const;
      }),
    ),
  );
  return measured('cached group, wire', (parent) => {
    let count = 0;
    for (const { value } of groups.get(parent)?.snapshot().members.values() ?? [])
      count += Number(value !== '');
    return Promise.resolve(count);
  });
}
