import { connect, type Socket } from 'node:net';

const REOPEN_MS = 500;

/** Clients of the event stream of the group that is written to; they come again when they are cut or refused. */
export class StreamClients implements Disposable {
  readonly #sockets = new Set<Socket>();
  readonly #url: URL;
  #ended = false;
  /** How many have a stream now. */
  connected = 0;
  /** Events of measurements that have arrived. */
  events = 0;
  refused = 0;

  constructor(url: string, count: number, localAddresses: readonly string[]) {
    this.#url = new URL(url);
    for (let index = 0; index < count; index += 1) this.#open(localAddresses[index % localAddresses.length]);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(localAddress: string | undefined): void {
    if (this.#ended) return;
    const { hostname, port } = this.#url;
    const socket = connect({ host: hostname, port: Number(port), localAddress });
    this.#sockets.add(socket);
    socket.setEncoding('latin1');
    let isStream = false;
    socket.on('data', (text: string) => {
      if (!isStream && text.startsWith('HTTP/1.1 200')) {
        isStream = true;
        this.connected += 1;
      } else if (!isStream) this.refused += 1;
      this.events += text.split('event: measurement').length - 1;
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (isStream) this.connected -= 1;
      this.#sockets.delete(socket);
      setTimeout(() => {
        this.#open(localAddress);
      }, REOPEN_MS).unref();
    });
    socket.write(
      'GET /api/v1/stream?group=soak HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n',
    );
  }
}
