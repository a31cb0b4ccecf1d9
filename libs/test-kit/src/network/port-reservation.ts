import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** A port that is kept for whoever reserved it, also while nothing listens on it. */
export interface PortReservation extends Disposable {
  readonly port: number;
  /** Gives the port back, at once; idempotent. The end of the process does so too, even by SIGKILL. */
  release(): void;
}

/**
 * Reserves a TCP port: no process on this machine draws it as a free one until it is released or this process ends.
 * The sign is a UDP socket on the same number, which only one process can bind and which is in no TCP server's way.
 *
 * @returns undefined where the port is reserved already, or where something else has the UDP port
 */
export function reservePort(port: number, host = '127.0.0.1'): Promise<PortReservation | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    // A process with nothing left but reservations ends.
    socket.unref();
    const refused = (): void => {
      socket.close();
      resolve(undefined);
    };
    socket.once('error', refused);
    socket.bind({ port, address: host, exclusive: true }, () => {
      // Nobody has a use for what arrives here, nor for the failure to read it.
      socket.off('error', refused).on('error', () => undefined);
      let held = true;
      const release = (): void => {
        if (held) socket.close();
        held = false;
      };
      resolve({ port, release, [Symbol.dispose]: release });
    });
  });
}

/** Reserves those of the ports that can be reserved. */
export async function reservePorts(ports: readonly number[], host = '127.0.0.1'): Promise<PortReservation[]> {
  const outcomes = await Promise.all(ports.map((port) => reservePort(port, host)));
  return outcomes.filter((reservation) => reservation !== undefined);
}

export function releaseAll(reservations: readonly PortReservation[]): void {
  for (const reservation of reservations) reservation.release();
}
