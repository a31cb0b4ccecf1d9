import { type Socket } from 'node:net';
import { ReopenedSockets } from './reopened-sockets.js';

/** The head of a form and one byte of it. */
const HALF_A_FORM =
  'POST /insert HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n' +
  'content-length: 100\r\n\r\nv';

/** Connections that send the beginning of a form and then wait, and come again whenever the server ends them. */
export class HostileSockets implements Disposable {
  readonly #sockets: ReopenedSockets;
  /** How often the server ended one. */
  endedByServer = 0;
  /** How many were connected at most at a time. */
  mostConnected = 0;
  #connected = 0;

  constructor(url: string, count: number) {
    this.#sockets = new ReopenedSockets({
      url,
      count,
      reopenMs: 100,
      connection: () => ({ allowHalfOpen: true }),
      opened: (socket) => {
        this.#hold(socket);
      },
    });
  }

  [Symbol.dispose](): void {
    this.#sockets[Symbol.dispose]();
  }

  #hold(socket: Socket): void {
    socket.once('connect', () => {
      this.#connected += 1;
      this.mostConnected = Math.max(this.mostConnected, this.#connected);
      socket.once('close', () => {
        this.#connected -= 1;
      });
    });
    socket.once('end', () => {
      this.endedByServer += 1;
      socket.destroy();
    });
    socket.resume();
    socket.write(HALF_A_FORM);
  }
}
