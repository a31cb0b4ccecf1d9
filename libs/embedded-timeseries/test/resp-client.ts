import { connect, type Socket } from 'node:net';

/** A reply as the transcripts write it, with the further types of RESP3. */
export type Transcribed =
  | null
  | { simple: string }
  | { error: string }
  | { int: number }
  | { bulk: string }
  | { double: string }
  | { map: [Transcribed, Transcribed][] }
  | { set: Transcribed[] }
  | Transcribed[];

/** A bare client: sends commands, gives the replies as they came. Independent of the code under test. */
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
    case '_':
      return { reply: null, end };
    case ',':
      return { reply: { double: text }, end };
    case '~': {
      const set = parseElements(buffer, end, Number(text));
      return set && { reply: { set: set.elements }, end: set.end };
    }
    case '%': {
      const flat = parseElements(buffer, end, 2 * Number(text));
      return flat && { reply: { map: pairsOf(flat.elements) }, end: flat.end };
    }
    default:
      throw new Error(`Not a reply: ${buffer.toString('latin1', at, lineEnd)}`);
  }
}

function parseArray(
  buffer: Buffer,
  at: number,
  length: number,
): { reply: Transcribed; end: number } | undefined {
  if (length < 0) return { reply: null, end: at };
  const parsed = parseElements(buffer, at, length);
  return parsed && { reply: parsed.elements, end: parsed.end };
}

function parseElements(
  buffer: Buffer,
  at: number,
  count: number,
): { elements: Transcribed[]; end: number } | undefined {
  const elements: Transcribed[] = [];
  let end = at;
  for (let index = 0; index < count; index++) {
    const element = parse(buffer, end);
    if (element === undefined) return undefined;
    elements.push(element.reply);
    end = element.end;
  }
  return { elements, end };
}

function pairsOf(flat: readonly Transcribed[]): [Transcribed, Transcribed][] {
  return Array.from({ length: flat.length / 2 }, (_unused, index) => [
    flat[2 * index]!,
    flat[2 * index + 1]!,
  ]);
}
