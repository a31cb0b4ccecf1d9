import { connect, type Socket } from 'node:net';

/** A reply as the transcripts write it. */
export type Transcribed =
  null | { simple: string } | { error: string } | { int: number } | { bulk: string } | Transcribed[];

/** A bare RESP2 client: sends commands, gives the replies as they came. Independent of the code under test. */
export class RespClient {
  #buffer = Buffer.alloc(0);
  readonly #waiting: { resolve: (reply: Transcribed) => void; reject: (error: Error) => void }[] = [];

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, bytes]);
      this.#deliver();
    });
    const fail = (): void => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('The connection ended.'));
    };
    socket.on('error', fail);
    socket.on('close', fail);
  }

  static async open(port: number): Promise<RespClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RespClient(socket);
  }

  send(...command: (string | Buffer)[]): Promise<Transcribed> {
    return this.sendAll([command]).then(([reply = null]) => reply);
  }

  /** Sends commands in one write. */
  sendAll(commands: readonly (readonly (string | Buffer)[])[]): Promise<Transcribed[]> {
    const replies = commands.map(
      () => new Promise<Transcribed>((resolve, reject) => this.#waiting.push({ resolve, reject })),
    );
    this.socket.write(Buffer.concat(commands.map(encodeCommand)));
    return Promise.all(replies);
  }

  close(): void {
    this.socket.destroy();
  }

  #deliver(): void {
    let at = 0;
    for (;;) {
      const parsed = parse(this.#buffer, at);
      if (parsed === undefined) break;
      at = parsed.end;
      this.#waiting.shift()?.resolve(parsed.reply);
    }
    this.#buffer = this.#buffer.subarray(at);
  }
}

export function encodeCommand(command: readonly (string | Buffer)[]): Buffer {
  const parts = command.flatMap((argument) => {
    const bytes = Buffer.from(argument);
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
  });
  return Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...parts]);
}

function parse(buffer: Buffer, at: number): { reply: Transcribed; end: number } | undefined {
  const lineEnd = buffer.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const text = buffer.toString('utf8', at + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(buffer[at]!)) {
    case '+':
      return { reply: { simple: text }, end };
    case '-':
      return { reply: { error: text }, end };
    case ':':
      return { reply: { int: Number(text) }, end };
    case '$': {
      const length = Number(text);
      if (length < 0) return { reply: null, end };
      if (buffer.length < end + length + 2) return undefined;
      return { reply: { bulk: buffer.toString('utf8', end, end + length) }, end: end + length + 2 };
    }
    case '*':
      return parseArray(buffer, end, Number(text));
    default:
      throw new Error(`Not a RESP2 reply: ${buffer.toString('latin1', at, lineEnd)}`);
  }
}

function parseArray(
  buffer: Buffer,
  at: number,
  length: number,
): { reply: Transcribed; end: number } | undefined {
  if (length < 0) return { reply: null, end: at };
  const elements: Transcribed[] = [];
  let end = at;
  for (let index = 0; index < length; index++) {
    const element = parse(buffer, end);
    if (element === undefined) return undefined;
    elements.push(element.reply);
    end = element.end;
  }
  return { reply: elements, end };
}
