import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A report as it came in. */
export interface Received {
  readonly tick: number;
  readonly leader: string;
  /** Wall clock, in ms. */
  readonly at: number;
}

/** Takes the place of the ingest API: it answers as that does, and keeps when each report came, and from whom. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const { timestamp, value, leader } = body;
      if (typeof timestamp !== 'number' || request.url?.endsWith('/measurements') !== true) {
        response.writeHead(204).end();
        return;
      }
      const known = this.received.some(({ tick }) => tick === timestamp);
      this.received.push({ tick: timestamp, leader: String(leader), at: Date.now() });
      response
        .writeHead(known ? 200 : 201, { 'content-type': 'application/json' })
        .end(JSON.stringify({ group: 'default', timestamp, value }));
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    return Promise.resolve();
  }
}
