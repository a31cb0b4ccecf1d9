import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** The API takes so many clients of one address at most. */
const CLIENTS_PER_ADDRESS = 500;

/** Clients of a server's event stream, each on a connection of its own. */
export class StreamClients implements Disposable {
  readonly #requests: ClientRequest[];
  /** Called with each measurement that a client gets: its timestamp. */
  #listener: (timestamp: number) => void = () => {};

  private constructor(requests: ClientRequest[]) {
    this.#requests = requests;
  }

  /** Connects them; resolves when all of them have the answer's head. */
  static async connect(url: string, group: string, count: number): Promise<StreamClients> {
    const clients = new StreamClients([]);
    for (let index = 0; index < count; index += 1) {
      // Linux answers on all of 127.0.0.0/8.
      const localAddress = `127.0.0.${1 + Math.floor(index / CLIENTS_PER_ADDRESS)}`;
      const sent = request(`${url}/api/v1/stream?group=${group}`, { localAddress, agent: false });
      clients.#requests.push(sent);
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      if (response.statusCode !== 200) {
        clients[Symbol.dispose]();
        throw new Error(`the stream answers client ${index + 1} with ${response.statusCode ?? 'nothing'}`);
      }
      sent.on('error', () => {});
      clients.#listen(response);
    }
    return clients;
  }

  get count(): number {
    return this.#requests.length;
  }

  /** From now on, calls the listener with the timestamp of each measurement that a client gets. */
  onMeasurement(listener: (timestamp: number) => void): void {
    this.#listener = listener;
  }

  [Symbol.dispose](): void {
    for (const sent of this.#requests) sent.destroy();
  }

  #listen(response: IncomingMessage): void {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const frames = (text + chunk).split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        if (!frame.includes('event: measurement')) continue;
        const timestamp = /"timestamp":(\d+)/.exec(frame)?.[1];
        if (timestamp !== undefined) this.#listener(Number(timestamp));
      }
    });
    response.on('error', () => {});
  }
}
