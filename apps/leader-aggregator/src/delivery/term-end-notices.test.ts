import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IngestClient } from './ingest-client.js';

test('notices of an end are settled when the API has answered, however late', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new IngestClient({ url, token: undefined, timeoutMs: 10_000 });
  await client.noticesSettled();

  const order: string[] = [];
  const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  const notice = { group: 'g', token: '7', ended: 1_000, end: 'graceful' } as const;
  void client.noteTermEnd(notice, new AbortController().signal);
  const settled = client.noticesSettled().then(() => order.push('settled'));
  const [, response] = await asked;
  order.push('answered');
  response.writeHead(204).end();
  await settled;
  expect(order).toEqual(['answered', 'settled']);
  server.close();
});
