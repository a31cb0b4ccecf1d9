// The baseline of the stream benchmark: a server that writes what is posted to it to all its clients, and does nothing else.
import { createServer, type ServerResponse } from 'node:http';

const clients = new Set<ServerResponse>();
const server = createServer((request, response) => {
  if (request.method === 'GET' && request.url?.startsWith('/api/v1/stream') === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    clients.add(response);
    response.once('close', () => clients.delete(response));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const frame = `event: measurement\ndata: ${Buffer.concat(chunks).toString()}\n\n`;
    for (const client of clients) client.write(frame);
    response.writeHead(201).end();
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
