import { createServer, type Server, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';

/** A reply as the wire has it: RESP2 types, and the maps, doubles and sets of RESP3. */
export type WireReply =
  | null
  | { simple: string }
  | { error: string }
  | { int: number | string }
  | { bulk: string }
  | { double: string }
  | { map: [WireReply, WireReply][] }
  | { set: WireReply[] }
  | WireReply[];

/** A server that answers each command with the next reply of a list, and keeps the commands. */
export class ScriptedServer implements AsyncDisposable {
  readonly commands: string[][] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #replies: WireReply[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      let received = '';
      socket.on('error', () => {});
      socket.on('data', (data) => {
        received += data.toString('latin1');
        for (;;) {
          const parsed = takeCommand(received);
          if (parsed === undefined) break;
          received = parsed.rest;
          socket.write(this.#answer(parsed.command));
        }
      });
    });
  }

  static async start(): Promise<ScriptedServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Adds replies to the list. */
  willAnswer(...replies: WireReply[]): void {
    this.#replies.push(...replies);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(command: string[]): Buffer {
    const name = command[0]!.toUpperCase();
    if (name === 'HELLO') return Buffer.from('%1\r\n+proto\r\n:3\r\n');
    if (name === 'CLIENT' || name === 'INFO') return Buffer.from('+OK\r\n');
    this.commands.push(command);
    const reply = this.#replies.shift();
    return Buffer.from(encodeReply(reply === undefined ? { error: 'ERR no reply left' } : reply), 'utf8');
  }
}

/** The bytes of a reply. */
function encodeReply(reply: WireReply): string {
  if (reply === null) return '$-1\r\n';
  if (Array.isArray(reply)) return `*${reply.length}\r\n${reply.map(encodeReply).join('')}`;
  if ('simple' in reply) return `+${reply.simple}\r\n`;
  if ('error' in reply) return `-${reply.error}\r\n`;
  if ('int' in reply) return `:${reply.int}\r\n`;
  if ('double' in reply) return `,${reply.double}\r\n`;
  if ('set' in reply) return `~${reply.set.length}\r\n${reply.set.map(encodeReply).join('')}`;
  if ('map' in reply) return `%${reply.map.length}\r\n${reply.map.flat().map(encodeReply).join('')}`;
  return `$${Buffer.byteLength(reply.bulk)}\r\n${reply.bulk}\r\n`;
}

/** The first complete command in what was received (as latin1 text, so that lengths are bytes). */
function takeCommand(received: string): { command: string[]; rest: string } | undefined {
  const header = /^\*(\d+)\r\n/.exec(received);
  if (header === null) return undefined;
  let position = header[0].length;
  const command: string[] = [];
  for (let i = 0; i < Number(header[1]); i += 1) {
    const end = received.indexOf('\r\n', position);
    if (end < 0) return undefined;
    const length = Number(received.slice(position + 1, end));
    if (received.length < end + 2 + length + 2) return undefined;
    command.push(Buffer.from(received.slice(end + 2, end + 2 + length), 'latin1').toString('utf8'));
    position = end + 2 + length + 2;
  }
  return { command, rest: received.slice(position) };
}
