import fc from 'fast-check';
import { createClient, hasCode, type Client } from '../../src/index.js';
import type { HeldLock } from '../../src/holding/held-lock.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

const sessionTimeoutMs = 3_000;
const clientCount = 3;
const runs = { numRuns: 50 };

type Step =
  | { readonly type: 'cut' | 'deafen' | 'expire' | 'drop-reply' | 'drop-request'; readonly who: number }
  | { readonly type: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({
    type: fc.constantFrom('cut', 'deafen', 'expire', 'drop-reply', 'drop-request'),
    who: fc.integer({ min: 0, max: clientCount - 1 }),
  }),
);
const schedule = fc.record({
  steps: fc.array(step, { maxLength: 20 }),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

const isWrite = ({ operation }: { operation: string }) => ['create', 'set', 'delete'].includes(operation);

/** Clients of an in-memory ZooKeeper, on a fake clock, with latencies drawn from the seed. */
class Bench {
  readonly zooKeeper: FakeZooKeeper;
  readonly clients: readonly Client[];
  readonly random: () => number;

  constructor(seed: number) {
    let state = seed;
    this.random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    this.zooKeeper = new FakeZooKeeper({ latencyMs: () => 1 + Math.floor(this.random() * 20) });
    this.clients = Array.from({ length: clientCount }, () =>
      createClient({ hosts: 'fake:1', sessionTimeoutMs, transport: this.zooKeeper.transport }),
    );
  }

  #transportOf(client: Client) {
    return this.zooKeeper.transports.findLast(({ session }) => session?.id === client.sessionId);
  }

  /**
   * An expiry before its time reaches the next in line as soon as the holder, which no clock of the holder can tell:
   * only the token fences. It is aimed at those who hold nothing.
   */
  async run(steps: readonly Step[], mayExpire: (who: number) => boolean = () => true): Promise<void> {
    for (const each of steps) {
      if (each.type === 'wait') {
        await pass(each.ms);
        continue;
      }
      const client = this.clients[each.who]!;
      const transport = this.#transportOf(client);
      if (each.type === 'cut') transport?.cut();
      else if (each.type === 'deafen') transport?.goDeaf();
      else if (each.type === 'expire') {
        if (client.sessionId !== undefined && mayExpire(each.who)) this.zooKeeper.expire(client.sessionId);
      } else {
        transport?.failNext(isWrite, each.type, 50);
      }
      await pass(20);
    }
  }

  async heal(): Promise<void> {
    for (const transport of this.zooKeeper.transports) {
      // Deafness is found out by its silence; here it is reported.
      transport.cut();
      transport.heal();
    }
    await passUntil(() => this.clients.every(({ state }) => state === 'connected'));
  }

  async close(): Promise<void> {
    const closed = Promise.all(this.clients.map((client) => client.close()));
    await pass(15_000);
    await closed;
  }

  names(path: string): string[] {
    return this.zooKeeper.tree.has(path) ? this.zooKeeper.tree.children(path) : [];
  }
}

/** Behind a function since the compiler does not know that a signal aborts during an `await`. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Acquires, works until told that it is lost or done, releases, again and again until stopped. */
async function contend(
  acquire: (signal: AbortSignal) => Promise<HeldLock>,
  stop: AbortSignal,
  work: (held: HeldLock) => Promise<void>,
): Promise<void> {
  while (!isOver(stop)) {
    try {
      const held = await acquire(stop);
      await work(held);
      await held.release();
    } catch (error) {
      if (!isOver(stop)) throw error;
    }
  }
}

interface Holder {
  readonly held: HeldLock;
  readonly kind: 'read' | 'write';
}

/** Holders that exclude each other never overlap by their own clocks, and the excluding tokens grow. */
class Exclusion {
  readonly violations: string[] = [];
  granted = 0;
  readonly #limit: number;
  #holders: Holder[] = [];
  #largestWrite = 0n;

  constructor(limit = 1) {
    this.#limit = limit;
  }

  async hold(held: HeldLock, kind: 'read' | 'write', ms: number): Promise<void> {
    this.granted += 1;
    const own: Holder = { held, kind };
    // Who still believes to hold it at this moment, and would act.
    const acting = this.#holders.filter((other) => other.held.remainingMs() > 0);
    const excluded = acting.filter((other) => other.kind === 'write' || kind === 'write');
    if (excluded.length >= this.#limit) {
      this.violations.push(
        `${held.token} (${kind}) beside ${acting.map((other) => other.held.token).join()}`,
      );
    }
    if (kind === 'write' && this.#limit === 1) {
      if (held.token <= this.#largestWrite) this.violations.push(`${held.token} after ${this.#largestWrite}`);
      this.#largestWrite = held.token;
    }
    this.#holders.push(own);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
      held.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    this.#holders = this.#holders.filter((other) => other !== own);
  }
}

async function underFaults(
  { steps, seed }: Schedule,
  exclusion: Exclusion,
  acquire: (
    client: Client,
    index: number,
    signal: AbortSignal,
  ) => { kind: 'read' | 'write'; granted: Promise<HeldLock> },
  paths: readonly string[],
): Promise<void> {
  const bench = new Bench(seed);
  const stop = new AbortController();
  const holds = bench.clients.map(() => false);
  const runs = bench.clients.map((client, index) => {
    let kind: 'read' | 'write' = 'write';
    return contend(
      (signal) => {
        const asked = acquire(client, index, signal);
        kind = asked.kind;
        return asked.granted;
      },
      stop.signal,
      async (held) => {
        holds[index] = true;
        await exclusion.hold(held, kind, 50 + Math.floor(bench.random() * 500));
        holds[index] = false;
      },
    );
  });
  await bench.run(steps, (who) => holds[who] === false);
  await bench.heal();
  const before = exclusion.granted;
  await passUntil(() => exclusion.granted >= before + 2 * clientCount);
  stop.abort(new Error('the end of the run'));
  await pass(2 * sessionTimeoutMs);
  await Promise.all(runs);
  expect(exclusion.violations).toEqual([]);
  for (const path of paths) expect(bench.names(path)).toEqual([]);
  expect(bench.zooKeeper.watchedPaths().data).toEqual([]);
  await bench.close();
}

test('lock: on any schedule of faults holders never overlap, tokens grow, and all go on afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, fc.constantFrom('stop' as const, 'continue' as const), (given, onSuspended) =>
      underFaults(
        given,
        new Exclusion(),
        (client, index, signal) => ({
          kind: 'write',
          granted: client.lock('/lock', { id: `c${index}` }).acquire({ signal, onSuspended }),
        }),
        ['/lock'],
      ),
    ),
    runs,
  );
}, 60_000);

test('read/write lock: on any schedule of faults a writer is alone, and all go on afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, (given) =>
      underFaults(
        given,
        new Exclusion(),
        (client, index, signal) => {
          const kind = index === 0 ? 'write' : 'read';
          return {
            kind,
            granted: client.readWriteLock('/rw', { id: `c${index}` })[kind].acquire({ signal }),
          };
        },
        ['/rw'],
      ),
    ),
    runs,
  );
}, 60_000);

test('semaphore: on any schedule of faults there are never more holders than leases, and all go on afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, (given) =>
      underFaults(
        given,
        new Exclusion(2),
        (client, index, signal) => ({
          kind: 'write',
          granted: client.semaphore('/leases', { id: `c${index}`, maxLeases: 2 }).acquire({ signal }),
        }),
        ['/leases', '/leases-__lock__'],
      ),
    ),
    runs,
  );
}, 60_000);

test('counter: on any schedule of faults each increment counts once, none or is said to be unknown', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ steps, seed }) => {
      const bench = new Bench(seed);
      const stop = new AbortController();
      let [applied, unknown] = [0, 0];
      const runs = bench.clients.map(async (client) => {
        const counter = client.counter('/counter');
        while (!isOver(stop.signal)) {
          try {
            await counter.add();
            applied += 1;
          } catch (error) {
            if (!hasCode(error, 'OUTCOME_UNKNOWN')) throw error;
            unknown += 1;
          }
          await new Promise((resolve) => setTimeout(resolve, Math.floor(bench.random() * 100)));
        }
      });
      await bench.run(steps);
      await bench.heal();
      const before = applied;
      await passUntil(() => applied >= before + 2 * clientCount);
      stop.abort();
      await pass(2 * sessionTimeoutMs);
      await Promise.all(runs);
      const reading = bench.clients[0]!.counter('/counter').get();
      await pass(100);
      const value = Number(await reading);
      expect(value).toBeGreaterThanOrEqual(applied);
      expect(value).toBeLessThanOrEqual(applied + unknown);
      await bench.close();
    }),
    runs,
  );
}, 60_000);

test('double barrier: on any schedule of faults members pass it together, again and again', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ steps, seed }) => {
      const bench = new Bench(seed);
      const stop = new AbortController();
      let passed = 0;
      const inside = () => bench.names('/barrier').filter((name) => name !== 'ready').length;
      const runs = bench.clients.map(async (client, index) => {
        const barrier = client.doubleBarrier('/barrier', { id: `c${index}`, size: clientCount });
        while (!isOver(stop.signal)) {
          try {
            const place = await barrier.enter({ signal: stop.signal });
            passed += 1;
            await place.leave({ signal: stop.signal });
          } catch (error) {
            if (!isOver(stop.signal)) throw error;
          }
        }
      });
      await bench.run(steps);
      await bench.heal();
      const before = passed;
      await passUntil(() => passed >= before + 2 * clientCount);
      stop.abort(new Error('the end of the run'));
      await pass(4 * sessionTimeoutMs);
      await Promise.all(runs);
      expect(inside()).toBe(0);
      await bench.close();
    }),
    runs,
  );
}, 60_000);

test('double barrier: who was cut off inside for longer than its session does not wait for the next cycle, which waits for it', async () => {
  const bench = new Bench(1);
  const [cutOff, other] = bench.clients as [Client, Client];
  const barriers = [cutOff, other].map((client, index) =>
    client.doubleBarrier('/barrier', { id: `c${index}`, size: 2 }),
  );
  const entering = Promise.all(barriers.map((barrier) => barrier.enter()));
  await passUntil(() => barriers.every(({ state }) => state === 'inside'));
  const [place, otherPlace] = await entering;
  bench.zooKeeper.transports[0]!.cut();
  const otherLeft = otherPlace!.leave();
  await passUntil(() => barriers[1]!.state === 'outside');
  await otherLeft;
  const again = barriers[1]!.enter();
  await passUntil(() => bench.names('/barrier').filter((name) => name !== 'ready').length === 1);
  bench.zooKeeper.transports[0]!.heal();
  const left = place!.leave();
  await passUntil(() => barriers[0]!.state === 'outside');
  await left;
  const both = Promise.all([again, barriers[0]!.enter()]);
  await passUntil(() => barriers.every(({ state }) => state === 'inside'));
  await both;
  await bench.close();
});
