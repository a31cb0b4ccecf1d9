import { waitFor } from '@atalaya/test-kit';
import type { RecipeContext, RecipeSession } from '../../src/index.js';
import { RecipeBench } from './support/recipe-bench.js';

let bench: RecipeBench;
beforeAll(async () => {
  bench = await RecipeBench.start();
}, 90_000);
afterAll(async () => {
  await bench.close();
});
afterEach(async () => {
  await bench.heal();
});

const path = '/own';

/** The values that a znode takes, one after the other, as seen through lost connections and sessions. */
class Follower {
  readonly seen: string[] = [];
  readonly sessions = new Set<RecipeSession>();

  constructor(private readonly context: RecipeContext) {}

  follow(signal: AbortSignal): Promise<void> {
    return this.context.repeated(
      async (session) => {
        this.sessions.add(session);
        for (;;) {
          using wakeUp = this.context.wakeUp(session);
          const { data, unwatch } = await session.getWatched(path, wakeUp.wake);
          wakeUp.watchedBy(unwatch);
          if (this.seen.at(-1) !== data.toString()) this.seen.push(data.toString());
          await wakeUp.wait(signal);
        }
      },
      { signal },
    );
  }
}

test('a recipe written outside of the library follows a znode through a broken connection and a lost session', async () => {
  const { first, direct } = bench;
  await direct.create(path, { data: '0' });
  const stop = new AbortController();
  const follower = first.recipe((context) => new Follower(context));
  const following = follower.follow(stop.signal);
  const saw = (value: string) =>
    waitFor(() => follower.seen.at(-1) === value, { describe: `${value} to be seen` });
  await saw('0');
  await direct.set(path, '1');
  await saw('1');
  bench.cut(first);
  await direct.set(path, '2');
  await saw('2');
  await bench.expire(first);
  await direct.set(path, '3');
  await saw('3');
  expect(follower.sessions.size).toBe(2);
  const reason = new Error('enough');
  stop.abort(reason);
  await expect(following).rejects.toBe(reason);
});

test('the context has state and sessions of its client, and takes no session of another kind', async () => {
  const client = bench.direct;
  const context = client.recipe((each) => each);
  expect(context.state).toBe('connected');
  const session = await context.session();
  expect(session.id).toBe(client.sessionId);
  await session.throughQuorum('/');
  expect(session.lastQuorumContact?.provenBy).toBe('quorum');
  expect(() => context.wakeUp({ ...session })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
  );
  expect(() => client.recipe(undefined as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
  );
});
