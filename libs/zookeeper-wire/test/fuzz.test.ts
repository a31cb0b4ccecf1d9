import { Duplex } from 'node:stream';
import { type Socket } from 'node:net';
import { exchange } from '../src/connection/exchange.js';
import { RequestNumbers } from '../src/connection/request-numbers.js';
import { ServerConnection } from '../src/connection/server-connection.js';
import { type WireError } from '../src/index.js';
import { changed, greeting, reply } from './support/scripted-server.js';

/** `FUZZ_FRAMES=1000000` for the long run, `FUZZ_SEED` to repeat one. */
const FRAMES = Number(process.env.FUZZ_FRAMES ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const REASONS = ['PROTOCOL_VIOLATION', 'CONNECT_FAILED', 'CONNECTION_LOSS'];

/** Numbers in [0, below), the same ones for a seed: a linear congruential generator. */
let state = SEED;
function draw(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

/** The client's end of a connection, fed without a network. */
class FedSocket extends Duplex {
  readonly bytesWritten = 1;
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

const stat = {
  czxid: 1n,
  mzxid: 1n,
  pzxid: 1n,
  ctimeMs: 1,
  mtimeMs: 1,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  dataLength: 3,
  numChildren: 0,
};

function valid(xid: number): Buffer {
  const data = Buffer.alloc(draw(200), 7);
  switch (xid % 5) {
    case 0:
      return reply({ xid }, 'getData', { data, stat });
    case 1:
      return reply({ xid }, 'getChildren2', { names: ['a', 'b', 'é'.repeat(draw(20))], stat });
    case 2:
      return reply({ xid }, 'multiRead', [
        { operation: 'getData', value: { data, stat } },
        { operation: 'error', error: -101 },
        { operation: 'getChildren', names: ['x'] },
      ]);
    case 3:
      return reply({ xid }, 'create2', { path: '/x', stat });
    default:
      return reply({ xid }, 'getData', -101);
  }
}

const LENGTHS = [-1, 0, 1, 0x7fff_ffff, -0x8000_0000, 64 * 1024 * 1024, 1_048_576, 3];

function damaged(frame: Buffer): Buffer {
  const bytes = Buffer.from(frame);
  switch (draw(6)) {
    case 0: // some bytes are others
      for (let count = draw(4); count >= 0; count--) bytes[draw(bytes.length)] = draw(256);
      return bytes;
    case 1: // it ends early, and its length says so
      return withLength(bytes.subarray(0, 4 + draw(bytes.length - 3)));
    case 2: // a length within it lies
      if (bytes.length > 24) bytes.writeInt32BE(LENGTHS[draw(LENGTHS.length)]!, 20 + draw(bytes.length - 23));
      return bytes;
    case 3: // its own length lies
      bytes.writeInt32BE(LENGTHS[draw(LENGTHS.length)]!, 0);
      return bytes;
    case 4: // more follows than belongs to it
      return withLength(Buffer.concat([bytes, Buffer.alloc(draw(64), draw(256))]));
    default: // noise
      for (let index = 0; index < bytes.length; index++) bytes[index] = draw(256);
      return bytes;
  }
}

function withLength(bytes: Buffer): Buffer {
  bytes.writeInt32BE(bytes.length - 4, 0);
  return bytes;
}

function ask(connection: ServerConnection, index: number): Promise<unknown> {
  const path = '/x';
  switch (index % 5) {
    case 1:
      return exchange(connection, 'getChildren2', { path, watch: false });
    case 2:
      return exchange(connection, 'multiRead', []);
    case 3:
      return exchange(connection, 'create2', { path, data: null, acl: [], flags: 0 });
    default:
      return exchange(connection, 'getData', { path, watch: false });
  }
}

/** One connection with its share of hostile frames; returns how many there were. */
async function connectionUnderFire(): Promise<number> {
  const socket = new FedSocket();
  const reasons: WireError[] = [];
  const limits = { maxRequestBytes: 1e6, maxReplyBytes: 8e6, maxQueuedBytes: 1e7, maxPendingRequests: 1e4 };
  const connection = new ServerConnection(
    { host: 'x', address: '127.0.0.1', port: 1 },
    { socket: socket as unknown as Socket, readyEvent: 'connect' },
    { protocolVersion: 0, lastZxid: 0n, timeoutMs: 1_000, sessionId: 0n, password: Buffer.alloc(16) },
    new RequestNumbers({ resumed: false }),
    { ...limits, connectTimeoutMs: 60_000 },
    {
      greeted: () => {
        connection.established(600_000);
      },
      fired: () => {},
      answered: () => {},
      closed: (reason) => reasons.push(reason),
    },
  );
  socket.emit('connect');
  let frames = [draw(10) === 0 ? damaged(greeting()) : greeting()];
  const requests = [];
  for (let xid = 1; xid <= 20; xid++) {
    requests.push(ask(connection, xid));
    frames.push(valid(xid));
    if (draw(4) === 0) frames.push(changed('/x'));
  }
  if (draw(5) === 0) frames.splice(1 + draw(frames.length - 1), 0, frames[1 + draw(frames.length - 1)]!);
  const harmed = draw(frames.length);
  frames = frames.map((frame, index) => (index === harmed || draw(20) === 0 ? damaged(frame) : frame));
  const settled = Promise.allSettled(requests);
  const bytes = Buffer.concat(frames);
  for (let offset = 0; offset < bytes.length;) {
    const end = offset + 1 + draw(draw(3) === 0 ? 5 : 2_000);
    socket.emit('data', bytes.subarray(offset, end));
    offset = end;
    if (draw(4) === 0) await Promise.resolve();
  }
  await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  await connection.ended;
  await settled;
  expect(reasons.map(({ code }) => REASONS.includes(code))).toEqual([true]);
  return frames.length;
}

test(`${FRAMES} damaged, cut, reordered and hostile frames (seed ${SEED}): every connection ends with a reason, every request is settled, memory is bounded`, async () => {
  let frames = 0;
  let largest = 0;
  const before = process.memoryUsage();
  for (let count = 0; frames < FRAMES; count++) {
    frames += await connectionUnderFire();
    if (count % 100 === 0) largest = Math.max(largest, process.memoryUsage().arrayBuffers);
  }
  expect(largest - before.arrayBuffers).toBeLessThan(256 * 1024 * 1024);
}, 600_000);
