import { connect, type Socket } from 'node:net';

/** Pause before a connection that was ended is opened again, in ms. */
const REOPEN_MS = 100;

/**
 * Connections that send the head of a form and one byte of it and then wait, and are opened again whenever the server
 * ends them.
 */
export class HostileSockets implements Disposable {
  readonly #sockets = new Set<Socket>();
  readonly #url: URL;
  #ended = false;
  /** How often the server ended one. */
  endedByServer = 0;
  /** How many were connected at most at a time. */
  mostConnected = 0;
  #connected = 0;

  constructor(url: string, count: number) {
    this.#url = new URL(url);
    for (let index = 0; index < count; index += 1) this.#open();
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(): void {
    if (this.#ended) return;
    const { hostname, port } = this.#url;
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.#sockets.add(socket);
    socket.once('connect', () => {
      this.#connected += 1;
      this.mostConnected = Math.max(this.mostConnected, this.#connected);
      socket.once('close', () => {
        this.#connected -= 1;
      });
    });
    socket.on('error', () => {});
    socket.once('end', () => {
      this.endedByServer += 1;
      socket.destroy();
    });
    socket.once('close', () => {
      this.#sockets.delete(socket);
      setTimeout(() => {
        this.#open();
      }, REOPEN_MS).unref();
    });
    socket.resume();
    socket.write(
      'POST /insert HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n' +
        'content-length: 100\r\n\r\nv',
    );
  }
}
