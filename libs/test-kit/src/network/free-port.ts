import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { TestKitError } from '../errors.js';

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
 * A port on which nothing listens at the moment. Another process may take it before its user does: whoever starts a
 * server on it tries again with another one when the bind fails.
 *
 * @throws TestKitError `PORT_TAKEN` when 100 ports drawn in a row are taken
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(FIRST_PORT, PORT_END);
    if (await isPortFree(port, host)) return port;
  }
  throw new TestKitError(
    'PORT_TAKEN',
    `100 random ports from ${FIRST_PORT} to ${PORT_END - 1} of ${host} are all taken or cannot be bound`,
  );
}

/** As many different free ports as asked for. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort(host));
  return [...ports];
}
