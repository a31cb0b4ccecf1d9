// One client with a registration, a group and an election, whose session is ended again and again. Run it with
// --expose-gc; it prints a line of JSON for each sample.
import { readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient, hasCode, nativeTransport, textCodec, type Transport } from '@atalaya/coordination';
import { expireSession, fourLetterWord, type TestKitError, waitFor } from '@atalaya/test-kit';
import { type Sample } from './session-losses.js';

const [hosts = '', losses = '', sampleEvery = ''] = process.argv.slice(2);
const PATIENCE_MS = 30_000;

let transport: Transport | undefined;
const client = createClient({
  hosts,
  sessionTimeoutMs: 10_000,
  transport: (options) => (transport = nativeTransport(options)),
});
const stop = new AbortController();
const registration = await client.register('/sensors', { id: 'sensor', value: '0' });
const group = await client.group('/sensors', { codec: textCodec });
const election = client.election('/election', { id: 'candidate' });
const running = election.run(
  (term) =>
    new Promise((resolve) => {
      term.signal.addEventListener('abort', () => {
        resolve();
      });
    }),
  { signal: stop.signal },
);

for (let lost = 0; lost <= Number(losses); lost += 1) {
  await waitFor(
    () => {
      const { members, stale } = group.snapshot();
      const back = {
        connection: client.state,
        registration: registration.state,
        leads: election.term !== undefined,
        stale,
        seen: members.get('sensor')?.stat.ephemeralOwner === client.sessionId,
      };
      const { connection, leads, seen } = back;
      const complete =
        connection === 'connected' && back.registration === 'registered' && leads && seen && !stale;
      // Otherwise told as what was seen last.
      if (!complete) throw new Error(JSON.stringify(back));
      return true;
    },
    { timeoutMs: PATIENCE_MS, describe: `everything to be back after ${lost} losses` },
  );
  if (lost % Number(sampleEvery) === 0) process.stdout.write(`${JSON.stringify(await sample(lost))}\n`);
  if (lost < Number(losses)) await loseSession();
}
stop.abort();
await running;
await registration.close();
await group.close();
await client.close();

async function loseSession(): Promise<void> {
  const session = transport?.session;
  if (!session) throw new Error('There is no session to end yet');
  for (;;) {
    try {
      await expireSession(hosts, session.id, Buffer.from(session.password, 'hex'));
    } catch (error) {
      const { code } = error as TestKitError;
      if (code === 'SESSION_NOT_RESUMED') break;
      // The client has won its session back in between; taken from it once more.
      if (code !== 'ZOOKEEPER_UNREACHABLE') throw error;
    }
  }
  await waitFor(() => client.state === 'connected' && client.sessionId !== session.id, {
    timeoutMs: PATIENCE_MS,
    describe: 'another session',
  });
  // Somebody reads while sessions come and go, too.
  await client.get('/sensors/sensor').catch((error: unknown) => {
    if (!hasCode(error, 'NO_NODE')) throw error;
  });
}

async function sample(lost: number): Promise<Sample> {
  // What a collection frees by finalisers is collected by the next one.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn();
  }
  const [host = '', port = ''] = hosts.split(':');
  const wchs = await fourLetterWord({ host, port: Number(port) }, 'wchs');
  return {
    losses: lost,
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage.rss(),
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    watches: Number(/^Total watches:(\d+)/m.exec(wchs)?.[1]),
  };
}
