// Attackers of an API, in a process of their own so that they do not slow down who measures: see attack.ts.
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { HostileSockets } from '../hostile-clients/hostile-sockets.js';
import { type AttackFigures } from './attack.js';
import { StreamClients } from './stream-clients.js';

const [url = '', sockets = '', readers = '', streams = '', path = ''] = process.argv.slice(2);
/** An address may have a part of all places only, so the attackers come from several. */
const READER_ADDRESSES = ['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.14'];
const STREAM_ADDRESSES = ['127.0.0.21', '127.0.0.22'];
/** One that asks again at once after a refusal would be busy with refusals alone. */
const REFUSED_PAUSE_MS = 100;
const REPORT_MS = 500;

const hostile = new HostileSockets(url, Number(sockets));
const subscribers = new StreamClients(url, Number(streams), STREAM_ADDRESSES);
const reads = { answered: 0, refused: 0, failed: 0, bytes: 0 };

for (let index = 0; index < Number(readers); index += 1) {
  const localAddress = READER_ADDRESSES[index % READER_ADDRESSES.length] ?? '127.0.0.1';
  // Every other one asks for an answer that is dear to compress.
  const headers: Record<string, string> = index % 2 === 0 ? {} : { 'accept-encoding': 'br' };
  void readForEver(new Pool(url, { connections: 1, localAddress }), headers);
}

setInterval(() => {
  const figures: AttackFigures = {
    sockets: { connected: hostile.mostConnected, endedByServer: hostile.endedByServer },
    streams: { connected: subscribers.connected, events: subscribers.events, refused: subscribers.refused },
    reads,
  };
  process.send?.(figures);
}, REPORT_MS);
process.once('disconnect', () => {
  process.exit();
});

async function readForEver(pool: Pool, headers: Record<string, string>): Promise<never> {
  for (;;) {
    try {
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
      for await (const chunk of body) reads.bytes += (chunk as Buffer).length;
      if (statusCode === 200) reads.answered += 1;
      else reads.refused += 1;
      if (statusCode !== 200) await delay(REFUSED_PAUSE_MS);
    } catch {
      reads.failed += 1;
      await delay(REFUSED_PAUSE_MS);
    }
  }
}
