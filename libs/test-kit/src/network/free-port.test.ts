import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort, freePorts, isPortFree } from './free-port.js';

test('a free port can be listened on and lies below those of outgoing connections', async () => {
  const port = await freePort();
  expect(port).toBeLessThan(32_768);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

test('a port on which something listens is not free, be it on all addresses', async () => {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    expect(await isPortFree((server.address() as AddressInfo).port)).toBe(false);
    server.close();
  }
});

test('several free ports differ', async () => {
  expect(new Set(await freePorts(50)).size).toBe(50);
});
