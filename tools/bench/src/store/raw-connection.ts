import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const LINE_END = 10;

/**
 * Sends bytes that are commands already and counts the lines of what comes back: the client costs next to nothing, so
 * that servers are compared and not clients.
 */
export class RawConnection {
  readonly #socket: Socket;
  #missing = 0;
  #lastByte = 0;
  #awaitsPong = false;
  /** The last bytes received, at most as many as the answer to PING has. */
  #tail = Buffer.alloc(0);
  #done: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#read(bytes);
    });
    socket.on('close', () => this.#done?.reject(new Error('The server ended the connection.')));
    socket.on('error', () => {});
  }

  /** @param url `redis://[user:password@]host:port` */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port, username, password } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port === '' ? 6379 : port), noDelay: true });
    await once(socket, 'connect');
    const connection = new RawConnection(socket);
    if (password !== '') {
      await connection.send(encode(['AUTH', ...(username === '' ? [] : [username]), password]), 1);
    }
    return connection;
  }

  /**
   * Sends commands whose replies have so many lines together.
   *
   * @throws where the first reply is an error: such a run measures nothing
   */
  async send(commands: Buffer, lines: number): Promise<void> {
    this.#missing = lines;
    this.#lastByte = 0;
    const done = new Promise<void>((resolve, reject) => (this.#done = { resolve, reject }));
    this.#socket.write(commands);
    await done;
  }

  /** Sends commands and reads their replies, however long, up to that of a last command. */
  async sendAndDrain(commands: Buffer): Promise<void> {
    this.#awaitsPong = true;
    this.#lastByte = 0;
    this.#tail = Buffer.alloc(0);
    const done = new Promise<void>((resolve, reject) => (this.#done = { resolve, reject }));
    this.#socket.write(commands);
    this.#socket.write(PING);
    await done;
    this.#awaitsPong = false;
  }

  close(): void {
    this.#done = undefined;
    this.#socket.destroy();
  }

  #endsWithPong(bytes: Buffer): boolean {
    const recent = bytes.length < PONG.length ? Buffer.concat([this.#tail, bytes]) : bytes;
    this.#tail = Buffer.from(recent.subarray(Math.max(0, recent.length - PONG.length)));
    return this.#tail.equals(PONG);
  }

  #read(bytes: Buffer): void {
    if (this.#lastByte === 0 && bytes[0] === '-'.charCodeAt(0)) {
      this.#done?.reject(new Error(`The server answered ${bytes.subarray(0, 200).toString()}`));
      return;
    }
    this.#lastByte = bytes[bytes.length - 1] ?? 0;
    if (this.#awaitsPong) {
      if (this.#endsWithPong(bytes)) this.#done?.resolve();
      return;
    }
    for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) this.#missing -= 1;
    if (this.#missing <= 0) this.#done?.resolve();
  }
}

const PING = encode(['PING']);
const PONG = Buffer.from('+PONG\r\n');

/** A command as it is sent. */
export function encode(command: readonly (string | number)[]): Buffer {
  const parts = command.map((part) => {
    const text = String(part);
    return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  });
  return Buffer.from(`*${command.length}\r\n${parts.join('')}`);
}
