import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * An address that leads to one server after the other, as a name or a virtual address does over a failover: connections
 * that are there stay where they are.
 */
export class MovingAddress implements AsyncDisposable {
  #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((client) => {
    const server = connect(this.#target, '127.0.0.1');
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });

  private constructor(port: number) {
    this.#target = port;
  }

  static async of(port: number): Promise<MovingAddress> {
    const address = new MovingAddress(port);
    await new Promise<void>((resolve) => address.#server.listen(0, '127.0.0.1', resolve));
    return address;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections made from now on lead there. */
  moveTo(port: number): void {
    this.#target = port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
