import fc from 'fast-check';
import { createClient, type Client, type Term } from '../../src/index.js';
import { pass, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';
import { ended } from '../support/terms.js';

useFakeClock();

const sessionTimeoutMs = 3_000;
const path = '/election';

type Action =
  | {
      readonly type: 'cut' | 'deafen' | 'expire' | 'delete' | 'resign' | 'drop-reply' | 'drop-request';
      readonly who: number;
    }
  | { readonly type: 'wait'; readonly ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('cut', 'deafen', 'expire', 'delete', 'resign', 'drop-reply', 'drop-request'),
      who: fc.integer({ min: 0, max: 2 }),
    }),
  },
);

/** Accepts writes as a sink does that refuses every token smaller than the largest it has seen. */
class Sink {
  largest = 0n;
  readonly overlaps: string[] = [];
  readonly active = new Map<bigint, Term>();

  begin(term: Term): void {
    for (const [token, other] of this.active) {
      // By the leaders' own clock nobody else may still be allowed to act.
      if (other.remainingMs() > 0) this.overlaps.push(`${token} was active when ${term.token} began`);
    }
    if (term.token <= this.largest) this.overlaps.push(`${term.token} came after ${this.largest}`);
    this.largest = term.token;
    this.active.set(term.token, term);
    void ended(term).then(() => this.active.delete(term.token));
  }
}

test('rules 6, 8, 11: on any schedule of faults terms never overlap, tokens grow, and somebody leads again afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 25 }),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.constantFrom('stop' as const, 'continue' as const),
      async (actions, seed, onSuspended) => {
        let state = seed;
        const random = () => (state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647) / 2_147_483_647;
        const zooKeeper = new FakeZooKeeper({ latencyMs: () => 1 + Math.floor(random() * 20) });
        const sink = new Sink();
        const clients: Client[] = [0, 1, 2].map(() =>
          createClient({ hosts: 'fake:1', sessionTimeoutMs, transport: zooKeeper.transport }),
        );
        const stop = new AbortController();
        const elections = clients.map((client, index) => client.election(path, { id: String(index) }));
        const runs = elections.map((election) =>
          election.run(
            async (term) => {
              sink.begin(term);
              await ended(term);
            },
            { signal: stop.signal, onSuspended },
          ),
        );
        const settled = Promise.all(runs);
        /** The transport that a client uses at the moment. */
        const transportOf = (who: number) =>
          zooKeeper.transports.findLast((transport) => transport.session?.id === clients[who]!.sessionId);
        for (const each of actions) {
          if (each.type === 'wait') await pass(each.ms);
          else if (each.type === 'cut') transportOf(each.who)?.cut();
          else if (each.type === 'deafen') transportOf(each.who)?.goDeaf();
          else if (each.type === 'drop-reply' || each.type === 'drop-request') {
            transportOf(each.who)?.failNext(() => true, each.type, 200);
          } else if (each.type === 'resign') void elections[each.who]!.resign();
          // An expiry before its time and a deletion by others reach the next in line as soon as the leader: no clock
          // of the leader can tell, and only the token fences. They are aimed at those who do not lead.
          else if (each.type === 'expire') {
            if (elections[each.who]!.term === undefined) zooKeeper.expire(clients[each.who]!.sessionId ?? 0n);
          } else if (zooKeeper.tree.has(path)) {
            const name = zooKeeper.tree.children(path)[each.who];
            if (name !== undefined && sink.active.size === 0) zooKeeper.tree.delete(`${path}/${name}`);
          }
          await pass(5);
        }
        for (const transport of zooKeeper.transports) {
          transport.cut();
          transport.heal();
        }
        await pass(6 * sessionTimeoutMs);
        expect(sink.overlaps).toEqual([]);
        expect(sink.active.size).toBe(1);
        expect(zooKeeper.tree.children(path)).toHaveLength(3);
        stop.abort();
        await pass(6_000);
        await settled;
        expect(zooKeeper.tree.children(path)).toEqual([]);
        expect(zooKeeper.watchedPaths()).toEqual({ data: [], children: [] });
        const closed = Promise.all(clients.map((client) => client.close()));
        await pass(100);
        await closed;
      },
    ),
    { numRuns: 40, seed: Math.floor(Math.random() * 2 ** 31) },
  );
}, 120_000);
