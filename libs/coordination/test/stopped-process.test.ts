import {
  endAllProcesses,
  runProcess,
  startZooKeeper,
  waitFor,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { TestClients } from './support/clients.js';
import { transportExport } from './support/transport-under-test.js';
import { TermRecorder } from './support/terms.js';

const path = '/election';
const sessionTimeoutMs = 2_000;

/** A candidate in a process of its own that acts every 20 ms while its lease lasts. */
const program = `
  import { connect, ${transportExport} as transport } from '${new URL('../dist/index.js', import.meta.url).href}';
  const tell = (msg, term) => console.log(JSON.stringify({ msg, token: String(term.token), reason: term.signal.reason?.reason }));
  const client = await connect({ transport, hosts: process.argv[1], sessionTimeoutMs: ${sessionTimeoutMs} });
  await client.election('${path}', { id: 'stopped' }).run(
    (term) =>
      new Promise((resolve) => {
        tell('elected', term);
        const acting = setInterval(() => {
          if (term.remainingMs() > 0) tell('acts', term);
        }, 20);
        term.signal.addEventListener('abort', () => {
          clearInterval(acting);
          tell('ended', term);
          resolve();
        });
      }),
    { onSuspended: 'continue' },
  );`;

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await endAllProcesses();
  await zooKeeper.close();
});

test('rule 6: a leader whose process was stopped for longer than its session does not act any more when it goes on', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect({ sessionTimeoutMs });
  const stopped = runProcess(process.execPath, ['--input-type=module', '-e', program, clients.hosts], {
    name: 'candidate',
    env: { NODE_OPTIONS: '' },
  });
  const { token } = await stopped.waitForLog(({ msg }) => msg === 'acts');
  const recorder = new TermRecorder();
  const election = client.election(path, { id: 'rival' });
  const stop = new AbortController();
  const run = election.run(recorder.work, { signal: stop.signal });
  await waitFor(async () => (await election.contenders()).length === 2);

  stopped.signal('SIGSTOP');
  await waitFor(() => recorder.active.length === 1, { timeoutMs: 15_000 });
  expect(recorder.last.token).toBeGreaterThan(BigInt(token as string));
  const [from, told] = [stopped.position, stopped.records.length];
  stopped.signal('SIGCONT');
  await stopped.waitForLog((record) => record.msg === 'ended', { from });
  expect(stopped.records.slice(told)).toMatchObject([{ msg: 'ended', token, reason: 'lease-expired' }]);
  expect(recorder.active).toHaveLength(1);

  // It takes part again, in a new session, with a larger token.
  await waitFor(async () => (await election.contenders()).length === 2);
  stop.abort();
  await run;
  const next = await stopped.waitForLog(({ msg }) => msg === 'elected', { from });
  expect(BigInt(next.token as string)).toBeGreaterThan(recorder.last.token);
  await stopped.kill();
}, 60_000);
