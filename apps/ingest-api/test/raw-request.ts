import { connect, type Socket } from 'node:net';
import { waitFor } from '@atalaya/test-kit';

/** A connection that sends what it is given, keeps what it gets, and does not end its side by itself. */
export class RawRequest implements Disposable {
  readonly socket: Socket;
  /** All that has arrived. */
  received = '';

  constructor(url: string, localAddress?: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), localAddress, allowHalfOpen: true });
    this.socket.setEncoding('latin1');
    this.socket.on('error', () => {});
    this.socket.on('data', (text: string) => (this.received += text));
  }

  /**
   * Sends the head of a request with a body and the first part of that body, and waits until the server has begun with
   * it: it then asks for the rest.
   */
  async begin(method: string, path: string, headers: Readonly<Record<string, string>>, part: string) {
    const fields = Object.entries({ host: 'localhost', expect: '100-continue', ...headers });
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n`);
    await waitFor(() => this.received.includes('\r\n\r\n'));
    this.socket.write(part);
    return this;
  }

  /** Status codes of the answers so far, without 100. */
  get statuses(): number[] {
    return [...this.received.matchAll(/^HTTP\/1\.1 (\d+)/gm)]
      .map(([, code]) => Number(code))
      .filter((c) => c !== 100);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Several of them, which end together. */
export class RawRequests implements Disposable {
  readonly #requests: RawRequest[] = [];

  open(url: string, localAddress?: string): RawRequest {
    const request = new RawRequest(url, localAddress);
    this.#requests.push(request);
    return request;
  }

  [Symbol.dispose](): void {
    for (const { socket } of this.#requests) socket.destroy();
  }
}
