// Sessions that read, write and watch at full speed, through whatever becomes of their connections. Run it with
// --expose-gc; it prints a line of JSON for each sample until the time is over.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { openSession, WireError, type WireSession } from '@atalaya/zookeeper-wire';
import { type WireSample } from './wire-soak.js';

const [hosts = '', seconds = '', sampleEverySeconds = ''] = process.argv.slice(2);
const SESSIONS = 4;
const CHILDREN = 100;
const IN_FLIGHT = 32;
const PARENT = '/soak-wire';

const delays = monitorEventLoopDelay({ resolution: 1 });
const counts = { reads: 0, writes: 0, events: 0, connections: 0, refused: 0 };
const stop = new AbortController();

function open(): WireSession {
  return openSession({
    hosts,
    sessionTimeoutMs: 10_000,
    events: {
      connected: () => (counts.connections += 1),
      watch: () => (counts.events += 1),
    },
  });
}

/** A request that the end of a connection took away is no fault. */
async function attempt(session: WireSession, request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    counts.refused += 1;
    if (!session.capabilities) await session.connected();
    return false;
  }
}

const childOf = (index: number) => `${PARENT}/${index % CHILDREN}`;
const readAll = Array.from({ length: CHILDREN }, (_, index) => ({
  kind: 'getData' as const,
  path: childOf(index),
}));

async function work(session: WireSession, worker: number): Promise<void> {
  for (let turnOf = worker; !stop.signal.aborted; turnOf += IN_FLIGHT) {
    const path = childOf(turnOf);
    if (await attempt(session, () => session.getData(path, { watch: true }))) counts.reads += 1;
    if (await attempt(session, () => session.setData(path, String(turnOf)))) counts.writes += 1;
    if (worker === 0 && (await attempt(session, () => session.multiRead(readAll)))) counts.reads += CHILDREN;
    if (worker === 1) {
      // Both kinds of watches come and go.
      await attempt(session, () => session.addWatch(PARENT, 'persistent-recursive'));
      if (turnOf % 10 === 1) await attempt(session, () => session.removeWatches(PARENT));
    }
  }
}

async function sample(elapsedMs: number): Promise<WireSample> {
  // What a collection frees by finalisers is collected by the next one.
  const longestBlockMs = delays.max / 1e6;
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  // The collections above are not the library's.
  delays.reset();
  return {
    elapsedMs,
    heapBytes: heapUsed,
    residentBytes: rss,
    externalBytes: external,
    longestBlockMs,
    ...counts,
  };
}

const sessions = Array.from({ length: SESSIONS }, open);
const [first] = sessions;
if (!first) throw new Error('There is no session');
await Promise.all(sessions.map((session) => session.connected()));
for (const path of [PARENT, ...Array.from({ length: CHILDREN }, (_, index) => childOf(index))]) {
  // What was cut off before its answer may be there already.
  while (!(await attempt(first, () => first.create(path, { data: '0' })))) {
    if ((await first.exists(path).catch(() => undefined))?.value) break;
  }
}
delays.enable();
const startMs = performance.now();
const working = sessions.flatMap((session) =>
  Array.from({ length: IN_FLIGHT }, (_, worker) => work(session, worker)),
);
const over = Promise.all(working);
over.catch(() => {
  stop.abort();
});
while (performance.now() - startMs < Number(seconds) * 1_000 && !stop.signal.aborted) {
  await pause(Number(sampleEverySeconds) * 1_000);
  process.stdout.write(`${JSON.stringify(await sample(performance.now() - startMs))}\n`);
}
stop.abort();
await over;
await Promise.all(sessions.map((session) => session.close()));
process.stdout.write(`${JSON.stringify({ done: true })}\n`);
