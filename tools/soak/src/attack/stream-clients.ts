import { type Socket } from 'node:net';
import { ReopenedSockets } from '../hostile-clients/reopened-sockets.js';

const REQUEST =
  'GET /api/v1/stream?group=soak HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n';

/** Clients of the event stream of the group that is written to; they come again when they are cut or refused. */
export class StreamClients implements Disposable {
  readonly #sockets: ReopenedSockets;
  /** How many have a stream now. */
  connected = 0;
  /** Events of measurements that have arrived. */
  events = 0;
  refused = 0;

  constructor(url: string, count: number, localAddresses: readonly string[]) {
    this.#sockets = new ReopenedSockets({
      url,
      count,
      reopenMs: 500,
      connection: (index) => ({ localAddress: localAddresses[index % localAddresses.length] }),
      opened: (socket) => {
        this.#listen(socket);
      },
    });
  }

  [Symbol.dispose](): void {
    this.#sockets[Symbol.dispose]();
  }

  #listen(socket: Socket): void {
    socket.setEncoding('latin1');
    let isStream = false;
    socket.on('data', (text: string) => {
      if (!isStream && text.startsWith('HTTP/1.1 200')) {
        isStream = true;
        this.connected += 1;
      } else if (!isStream) this.refused += 1;
      this.events += text.split('event: measurement').length - 1;
    });
    socket.once('close', () => {
      if (isStream) this.connected -= 1;
    });
    socket.write(REQUEST);
  }
}
