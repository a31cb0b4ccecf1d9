import { once } from 'node:events';
import { connect } from '@atalaya/coordination';
import { startZooKeeper, waitFor } from '@atalaya/test-kit';
import { missingForJavaRecipes, startJavaRecipe } from '../src/mixed-election/java-recipes.js';
import { mixedElection } from '../src/mixed-election/mixed-election.js';

test("20 rounds of this library's candidates and kazoo's, killed in random order: one leader at a time, always one in time", async () => {
  const seed = Math.floor(Math.random() * 1e9);
  const sessionTimeoutMs = 3_000;
  const result = await mixedElection({ rounds: 20, seed, sessionTimeoutMs, print: () => {} });
  expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] });
  expect(result.takeoversMs.length).toBeGreaterThan(0);
  expect(result.writesAccepted).toBeGreaterThan(20);
}, 300_000);

// The compiler is no part of what the tests install: they prove why these recipes cannot be mixed with kazoo's.
const missing = missingForJavaRecipes();
const withJava = missing.length === 0 ? describe : describe.skip;

withJava(
  `the Java recipes (needs a JDK and libzookeeper-java; missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    test.each([
      // Its znodes are named x-<session>-<sequence>, which kazoo's protocol passes over.
      ['WriteLock', /^joined/],
      // It reads a number from the end of every child's name, and gives up at the first other one.
      ['LeaderElectionSupport', /^fails/],
    ] as const)(
      "%s does not fit kazoo's lock protocol: neither keeps the other from leading",
      async (recipe, besideAnother) => {
        await using zk = await startZooKeeper();
        await using client = await connect({ hosts: zk.connectString });
        await client.ensurePath('/election');
        await using first = startJavaRecipe(recipe, zk.connectString, '/election');
        await first.waitForLine(/^leads/, { timeoutMs: 60_000 });
        const stop = new AbortController();
        const election = client.election('/election', { id: 'node' });
        const run = election.run(
          async ({ signal }) => {
            await once(signal, 'abort');
          },
          { signal: stop.signal },
        );
        await waitFor(() => election.term !== undefined, {
          describe: 'a leader beside the one of the recipe',
        });
        await using second = startJavaRecipe(recipe, zk.connectString, '/election');
        await second.waitForLine(besideAnother, { timeoutMs: 60_000 });
        expect(election.term).toBeDefined();
        stop.abort();
        await run;
      },
      120_000,
    );
  },
);
