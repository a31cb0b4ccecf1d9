import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';

export interface ReopenedSocketsOptions {
  /** Of the server, with its port. */
  readonly url: string;
  readonly count: number;
  /** Pause before a connection that is over is opened again. */
  readonly reopenMs: number;
  /** How the connection of that index is made. */
  readonly connection: (index: number) => Pick<TcpNetConnectOpts, 'allowHalfOpen' | 'localAddress'>;
  /** Called with each new socket, before it is connected. */
  readonly opened: (socket: Socket) => void;
}

/** So many connections to a server, each opened again whenever it is over, until they are disposed of. */
export class ReopenedSockets implements Disposable {
  readonly #sockets = new Set<Socket>();
  readonly #options: ReopenedSocketsOptions;
  #ended = false;

  constructor(options: ReopenedSocketsOptions) {
    this.#options = options;
    for (let index = 0; index < options.count; index += 1) this.#open(index);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(index: number): void {
    if (this.#ended) return;
    const { url, reopenMs, connection, opened } = this.#options;
    const { hostname, port } = new URL(url);
    const socket = connect({ ...connection(index), host: hostname, port: Number(port) });
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#sockets.delete(socket);
      setTimeout(() => {
        this.#open(index);
      }, reopenMs).unref();
    });
    opened(socket);
  }
}
