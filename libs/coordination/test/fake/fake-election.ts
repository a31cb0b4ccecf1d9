import { createClient, type Client, type Meter } from '../../src/index.js';
import { TermRecorder } from '../support/terms.js';
import { passUntil } from './fake-clock.js';
import type { FakeRequest } from './fake-session.js';
import { FakeZooKeeper, type FakeZooKeeperOptions } from './fake-zookeeper.js';

export const sessionTimeoutMs = 6_000;
export const electionPath = '/election';

export const isCreation = ({ operation, path }: FakeRequest): boolean =>
  operation === 'create' && path.includes('__lock__');

/** A fake ZooKeeper with an election in it, and clients to take part. */
export function setUpElection(options: FakeZooKeeperOptions = {}) {
  const zooKeeper = new FakeZooKeeper(options);
  zooKeeper.tree.create(electionPath, Buffer.alloc(0), 0n, false);
  const client = (meter?: Meter): Client =>
    createClient({ hosts: 'fake:1', sessionTimeoutMs, transport: zooKeeper.transport, meter });
  const candidates = () => (zooKeeper.tree.has(electionPath) ? zooKeeper.tree.children(electionPath) : []);
  /** The znodes of the client's current session. */
  const znodesOf = ({ sessionId }: Client) =>
    candidates()
      .map((name) => `${electionPath}/${name}`)
      .filter((path) => zooKeeper.tree.get(path).stat.ephemeralOwner === sessionId);
  return { zooKeeper, client, candidates, znodesOf };
}

/** A candidate that takes part until it is stopped. */
export function takePart(client: Client, id: string, options: { onSuspended?: 'stop' | 'continue' } = {}) {
  const recorder = new TermRecorder();
  const stop = new AbortController();
  const election = client.election(electionPath, { id });
  const run = election.run(recorder.work, { signal: stop.signal, ...options });
  let settled = false;
  void run.finally(() => (settled = true)).catch(() => {});
  return {
    recorder,
    election,
    run,
    stop: async () => {
      stop.abort();
      await passUntil(() => settled);
      await run;
    },
  };
}
