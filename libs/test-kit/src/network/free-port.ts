import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { TestKitError } from '../errors.js';
import { type PortReservation, releaseAll, reservePort } from './port-reservation.js';

/**
 * Ports are drawn from below the range that systems give to outgoing connections (from 32,768 on Linux, from 49,152
 * elsewhere): one that is free now is then not lost to a client socket while its server is being restarted.
 */
const FIRST_PORT = 10_240;
const PORT_END = 32_768;

/** Whether a server could listen on this port of `host` now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * A port on which nothing listens at the moment and that nobody has reserved. Another process may take it before its
 * user does: whoever starts a server on it tries again with another one when the bind fails.
 *
 * @throws TestKitError `PORT_TAKEN` when 100 ports drawn in a row are taken
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  using reservation = await reserveFreePort(host);
  return reservation.port;
}

/** As many different free ports as asked for. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const reservations = await reserveFreePorts(count, host);
  releaseAll(reservations);
  return reservations.map(({ port }) => port);
}

/**
 * As {@link freePort}, for a server that is down at times: until the reservation is released or this process ends,
 * nobody else draws the port. Only a program that does not draw its ports here can still take it.
 *
 * @param draw where the numbers come from; at random by default
 * @throws TestKitError `PORT_TAKEN` when 100 ports drawn in a row are taken
 * @example
 * using reservation = await reserveFreePort();
 * // … start a server on reservation.port, kill it, start it again
 */
export async function reserveFreePort(
  host = '127.0.0.1',
  draw: () => number = randomPort,
): Promise<PortReservation> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const reservation = await reservePort(draw(), host);
    if (!reservation) continue;
    if (await isPortFree(reservation.port, host)) return reservation;
    reservation.release();
  }
  throw new TestKitError(
    'PORT_TAKEN',
    `100 random ports from ${FIRST_PORT} to ${PORT_END - 1} of ${host} are all taken or reserved, or cannot be bound`,
  );
}

/** As many reserved ports as asked for. */
export async function reserveFreePorts(count: number, host = '127.0.0.1'): Promise<PortReservation[]> {
  const reservations: PortReservation[] = [];
  try {
    while (reservations.length < count) reservations.push(await reserveFreePort(host));
    return reservations;
  } catch (error) {
    releaseAll(reservations);
    throw error;
  }
}

function randomPort(): number {
  return randomInt(FIRST_PORT, PORT_END);
}
