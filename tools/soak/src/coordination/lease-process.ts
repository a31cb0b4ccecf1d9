// Contends for a lock, a lease and both sides of a read/write lock under faults, and says when it held each of them.
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, hasCode, type HeldLock, LockLostError } from '@atalaya/coordination';
import { stopRequest } from '@atalaya/dev';
import { askSink } from './ask-sink.js';
import { leasePaths, READERS, SEMAPHORE_LEASES } from './lease-paths.js';
import { transportOf } from './transports.js';

const [hosts = '', path = '', id = '', timeout = '', sinkUrl = '', transport = ''] = process.argv.slice(2);
const claimIntervalMs = 40;
const longestHoldMs = 2_500;
const longestWaitMs = 8_000;

const client = createClient({ hosts, sessionTimeoutMs: Number(timeout), transport: transportOf(transport) });
const stop = stopRequest();
const paths = leasePaths(path);
// Set when the sink wants nobody to hold anything any more.
const order = { over: false };

interface Contention {
  readonly resource: string;
  readonly capacity: number;
  readonly share: number;
  readonly acquire: (options: { signal: AbortSignal; timeoutMs: number }) => Promise<HeldLock>;
}

const lock = client.lock(paths.lock, { id });
const semaphore = client.semaphore(paths.semaphore, { id, maxLeases: SEMAPHORE_LEASES });
const shared = client.readWriteLock(paths.shared, { id });
const contentions: readonly Contention[][] = [
  [
    {
      resource: 'lock',
      capacity: 1,
      share: 1,
      acquire: (options) => lock.acquire({ ...options, onSuspended: 'continue' }),
    },
  ],
  [
    {
      resource: 'semaphore',
      capacity: SEMAPHORE_LEASES,
      share: 1,
      acquire: (options) => semaphore.acquire(options),
    },
  ],
  [
    { resource: 'shared', capacity: READERS, share: 1, acquire: (options) => shared.read.acquire(options) },
    {
      resource: 'shared',
      capacity: READERS,
      share: READERS,
      acquire: (options) => shared.write.acquire(options),
    },
  ],
];

await Promise.all(contentions.map((sides) => contend(sides)));
await client.close();

async function contend(sides: readonly Contention[]): Promise<void> {
  while (!stop.aborted) {
    const side = sides[Math.floor(Math.random() * sides.length)];
    if (!side) return;
    if (!order.over) await attempt(side);
    await delay(claimIntervalMs, undefined, { signal: stop }).catch(() => {});
  }
}

async function attempt({ acquire, ...lease }: Contention): Promise<void> {
  try {
    await using held = await acquire({ signal: stop, timeoutMs: longestWaitMs });
    const until = performance.now() + longestHoldMs * Math.random();
    while (!held.signal.aborted && performance.now() < until) {
      const fromNs = process.hrtime.bigint();
      if (held.remainingMs() <= 0) break;
      const toNs = process.hrtime.bigint();
      const claim = { ...lease, id, token: String(held.token), fromNs: String(fromNs), toNs: String(toNs) };
      if (!(await askSink(sinkUrl, '/hold', claim))) {
        order.over = true;
        return;
      }
      await delay(claimIntervalMs, undefined, { signal: held.signal });
    }
  } catch (error) {
    // Nobody else's turn came, or what was held was lost while it waited for its next claim.
    const expected = hasCode(error, 'WAIT_TIMEOUT') || error instanceof LockLostError;
    const aborted = (error as { readonly name?: unknown }).name === 'AbortError';
    if (!expected && !aborted && !stop.aborted) {
      await askSink(sinkUrl, '/problem', { problem: `${id}: ${lease.resource}: ${String(error)}` });
    }
  }
}
