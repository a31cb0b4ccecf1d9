import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts, isPortFree, reserveFreePort, reserveFreePorts } from './free-port.js';
import { releaseAll, reservePort, reservePorts } from './port-reservation.js';

const HOST = '127.0.0.1';

/** A draw that says this port first, and then others. */
function drawFirst(port: number): () => number {
  let draws = 0;
  return () => (draws++ === 0 ? port : randomInt(10_240, 32_768));
}

test('a reserved port is not drawn, and is drawn again as soon as it is released', async () => {
  using reserved = await reserveFreePort();
  const { port } = reserved;
  expect(await reservePort(port)).toBeUndefined();
  using other = await reserveFreePort(HOST, drawFirst(port));
  expect(other.port).not.toBe(port);

  reserved.release();
  reserved.release();
  using again = await reserveFreePort(HOST, drawFirst(port));
  expect(again.port).toBe(port);
});

test('when all draws are reserved ports, it says so', async () => {
  using reserved = await reserveFreePort();
  await expect(reserveFreePort(HOST, () => reserved.port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
});

test('a port on which something listens is not drawn, and not left reserved', async () => {
  using reserved = await reserveFreePort();
  const { port } = reserved;
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  reserved.release();
  using drawn = await reserveFreePort(HOST, drawFirst(port));
  expect(drawn.port).not.toBe(port);
  using again = await reservePort(port);
  expect(again?.port).toBe(port);
  server.close();
});

test('on a reserved port its holder can listen again and again', async () => {
  using reserved = await reserveFreePort();
  for (let start = 1; start <= 2; start++) {
    expect(await isPortFree(reserved.port)).toBe(true);
    const server = createServer().listen(reserved.port, HOST);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
});

test('of several ports those are reserved that nobody has reserved yet', async () => {
  using reserved = await reserveFreePort();
  const [other = 0] = await freePorts(1);
  const reservations = await reservePorts([reserved.port, other]);
  expect(reservations.map(({ port }) => port)).toEqual([other]);
  releaseAll(reservations);
});

test('several reserved ports differ, and are all given back', async () => {
  const reservations = await reserveFreePorts(20);
  const ports = reservations.map(({ port }) => port);
  expect(new Set(ports).size).toBe(20);
  expect(await reservePorts(ports)).toEqual([]);
  releaseAll(reservations);
  const again = await reservePorts(ports);
  releaseAll(again);
  expect(again.map(({ port }) => port)).toEqual(ports);
});
