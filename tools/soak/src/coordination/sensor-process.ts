// Sensors of a run under faults: they register, set values, and report what they see once the faults are over.
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, isRetryable, type Leader, type Registration, textCodec } from '@atalaya/coordination';
import { stopRequest } from '@atalaya/dev';
import { askSink } from './ask-sink.js';
import { SeenTransactions } from './seen-transactions.js';
import { transportOf } from './transports.js';

const [
  hosts = '',
  sensorsPath = '',
  electionPath = '',
  name = '',
  sensors = '',
  timeout = '',
  sinkUrl = '',
  transport = '',
] = process.argv.slice(2);
const setIntervalMs = 60;
const lookIntervalMs = 25;

const client = createClient({ hosts, sessionTimeoutMs: Number(timeout), transport: transportOf(transport) });
const stop = stopRequest();
const seen: { leader: Leader | null } = { leader: null };
let counter = 0;

const group = await client.group(sensorsPath, { codec: textCodec, signal: stop });
const following = (async () => {
  for await (const next of client.election(electionPath, { id: name }).observe({ signal: stop }))
    seen.leader = next;
})().catch(problemUnlessStopped);

const nextValue = (): string => `${process.pid}-${(counter += 1)}`;
const looking = look();
const registrations: Registration<string>[] = await Promise.all(
  Array.from({ length: Number(sensors) }, async (_, index) => {
    const id = `${name}-${index}`;
    const value = nextValue();
    await askSink(sinkUrl, '/announce', { id, value, first: true });
    // The znode of the process that was killed before is there until its session expires.
    return client.register(sensorsPath, { id, value, onConflict: 'wait', signal: stop });
  }),
);

while (!stop.aborted) {
  const registration = registrations[Math.floor(Math.random() * registrations.length)];
  if (!registration) break;
  const value = nextValue();
  if (await askSink(sinkUrl, '/announce', { id: registration.id, value, first: false })) {
    registration.set(value).catch(problemUnlessStopped);
  } else {
    const { members, invalid, stale } = group.snapshot();
    await askSink(sinkUrl, '/sighting', {
      process: name,
      stale,
      invalid: invalid.size,
      members: Object.fromEntries([...members].map(([id, member]) => [id, member.value])),
      leader: seen.leader?.id ?? null,
    });
  }
  await delay(setIntervalMs);
}
await client.close();
await following;
await looking;

/** Reads values, and looks at those of the group, for a step back within a session. */
async function look(): Promise<void> {
  const [reads, views] = [new SeenTransactions(), new SeenTransactions()];
  for (let index = 0; !stop.aborted; index++) {
    const path = `${sensorsPath}/${name}-${index % Number(sensors)}`;
    const session = client.sessionId;
    try {
      const read = await client.exists(path, { signal: stop });
      if (read && client.sessionId === session) await stepBack(reads.read(session, path, read.mzxid));
    } catch (error) {
      if (!isRetryable(error)) await problemUnlessStopped(error);
    }
    const { members, stale } = group.snapshot();
    for (const [id, { stat }] of stale ? [] : members)
      await stepBack(views.read(client.sessionId, `member ${id} of the group`, stat.mzxid));
    await delay(lookIntervalMs);
  }
}

async function stepBack(found: string | undefined): Promise<void> {
  if (found !== undefined) await askSink(sinkUrl, '/step-back', { problem: `${name}: ${found}` });
}

async function problemUnlessStopped(error: unknown): Promise<void> {
  if (!stop.aborted) await askSink(sinkUrl, '/problem', { problem: `${name}: ${String(error)}` });
}
