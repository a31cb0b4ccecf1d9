import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions } from 'node:tls';
import { formatServer } from '@atalaya/zookeeper-protocol';
import { type Endpoint, type ServerList } from '../addresses/server-list.js';
import { openSocket } from '../connection/open-socket.js';
import { type ServerConnection } from '../connection/server-connection.js';
import { WireError } from '../errors/wire-error.js';

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;
/** Of one server. */
const ANSWER_MS = 1_000;

/**
 * A server without a quorum is left as soon as another one says that it has one (the word `isro`). The others are asked
 * after 1 s, and then in intervals that double up to a minute, as long as the connection lasts.
 */
export async function leaveForWritable(
  connection: ServerConnection,
  servers: ServerList,
  tls: ConnectionOptions | true | undefined,
): Promise<void> {
  const ended = new AbortController();
  void connection.ended.then(() => {
    ended.abort();
  });
  const { address, port } = connection.endpoint;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, MAX_DELAY_MS)) {
    await delay(delayMs, undefined, { signal: ended.signal }).catch(() => undefined);
    if (connection.closed) return;
    const all = await servers.round().catch((): Endpoint[] => []);
    const others = all.filter((each) => each.address !== address || each.port !== port);
    const answers = await Promise.all(others.map((other) => saysWritable(other, tls)));
    if (!answers.includes(true)) continue;
    const left = `${formatServer(connection.endpoint)} was left: it has no quorum, and another server has`;
    connection.leave(new WireError('CONNECTION_LOSS', left));
    return;
  }
}

function saysWritable(endpoint: Endpoint, tls: ConnectionOptions | true | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const { socket, readyEvent } = openSocket(endpoint, tls);
    let answer = '';
    socket.setEncoding('latin1');
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.once(readyEvent, () => socket.write('isro'));
    socket.on('data', (text) => {
      answer += String(text);
      if (answer.length >= 'rw'.length) socket.destroy();
    });
    socket.on('error', () => {}); // As a server that does not answer.
    socket.once('close', () => {
      resolve(answer.trim() === 'rw');
    });
  });
}
