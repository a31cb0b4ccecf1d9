// A candidate of a run under faults: while it leads it writes to the sink, and says when it held that it leads.
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type LeaderWork } from '@atalaya/coordination';
import { stopRequest } from '@atalaya/dev';
import { askSink } from './ask-sink.js';
import { transportOf } from './transports.js';

const [hosts = '', path = '', id = '', timeout = '', sinkUrl = '', longestTerm = '', transport = ''] =
  process.argv.slice(2);
const claimIntervalMs = 40;
/** Every so many claims are proved by a write of ZooKeeper, the others rest on the lease. */
const confirmedEvery = 5;

const client = createClient({ hosts, sessionTimeoutMs: Number(timeout), transport: transportOf(transport) });
const stop = stopRequest();

const work: LeaderWork = async (term) => {
  const until = performance.now() + Number(longestTerm) * (0.3 + 0.7 * Math.random());
  for (let count = 1; !term.signal.aborted && performance.now() < until; count++) {
    const fromNs = process.hrtime.bigint();
    if (count % confirmedEvery === 0) await term.confirm();
    else if (term.remainingMs() <= 0) break;
    const toNs = process.hrtime.bigint();
    const claim = { id, token: String(term.token), fromNs: String(fromNs), toNs: String(toNs) };
    if (!(await askSink(sinkUrl, '/claim', claim))) break;
    await delay(claimIntervalMs, undefined, { signal: term.signal });
  }
};

await client.election(path, { id }).run(
  async (term) => {
    try {
      await work(term);
    } catch (error) {
      // The end of the term interrupts the work; all else is the program's own failure.
      if (!term.signal.aborted) throw error;
    }
  },
  { signal: stop, onSuspended: id.endsWith('0') ? 'continue' : 'stop' },
);
await client.close();
