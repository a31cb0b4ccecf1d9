import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SENSORS, shownValue } from './shown-values.js';

export interface ValueServer {
  /** The setting `SENSOR_SOURCE` of a sensor. */
  sourceOf(sensor: string): string;
  close(): Promise<void>;
}

/** Serves what the sensors of the pictures read now: `{"north-roof": 79.1, …}`. */
export async function startValueServer(): Promise<ValueServer> {
  const server = createServer((_request, response) => {
    const now = Date.now();
    const values = Object.fromEntries(SENSORS.map((sensor) => [sensor, shownValue(sensor, now)]));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(values));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    sourceOf: (sensor) => `http:http://127.0.0.1:${port}/#/${sensor}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
