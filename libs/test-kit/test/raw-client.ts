import { connect, type Socket } from 'node:net';
import {
  FrameDecoder,
  frameOf,
  JuteReader,
  JuteWriter,
  type Operation,
  OPERATION_CODES,
  payloadOf,
  writeConnectRequest,
} from '@atalaya/zookeeper-protocol';

/** A watch event as the client receives it. */
export interface ReceivedEvent {
  readonly type: number;
  readonly path: string;
}

const NEW_SESSION = { sessionId: 0n, password: Buffer.alloc(16) };
const EPHEMERAL = 1;

/** The least of a ZooKeeper client, on one connection: what the tests of the proxy need, and no more. */
export class RawClient {
  readonly events: ReceivedEvent[] = [];
  /** Results of requests in the order in which they arrived. */
  readonly replies: { readonly xid: number; readonly error: number; readonly body: JuteReader }[] = [];
  sessionId = 0n;
  password = Buffer.alloc(0);
  timeoutMs = 0;
  #greeted = false;
  #xid = 0;
  #closed = false;

  private constructor(private readonly socket: Socket) {
    const decoder = new FrameDecoder();
    socket.on('data', (chunk) => {
      decoder.push(chunk);
      for (let frame = decoder.next(); frame; frame = decoder.next()) {
        this.#receive(new JuteReader(payloadOf(frame)));
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
    });
  }

  /** Connects to the first server of the string; the session is new, or the one given. */
  static open(
    connectString: string,
    session: { readonly sessionId: bigint; readonly password: Buffer } = NEW_SESSION,
    timeoutMs = 4_000,
  ): RawClient {
    const [host = '', port = ''] = (connectString.split(',')[0] ?? '').split(':');
    const client = new RawClient(connect({ host, port: Number(port) }));
    const greeting = new JuteWriter();
    writeConnectRequest(greeting, {
      protocolVersion: 0,
      lastZxid: 0n,
      ...session,
      timeoutMs,
      readOnly: false,
    });
    client.socket.write(frameOf(greeting.take()));
    return client;
  }

  /** Whether the server has answered the connect request: with a session, or with none for an expired one. */
  get greeted(): boolean {
    return this.#greeted;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Creates a node, ephemeral by default; returns the request's xid. */
  create(path: string, mode: 'ephemeral' | 'persistent' = 'ephemeral'): number {
    const acl = [int(1), int(31), string('world'), string('anyone')];
    return this.#request('create', [
      string(path),
      string(''),
      ...acl,
      int(mode === 'ephemeral' ? EPHEMERAL : 0),
    ]);
  }

  /** Reads whether a node is there, with a watch on it. */
  watch(path: string): number {
    return this.#request('exists', [string(path), Buffer.from([1])]);
  }

  ping(): number {
    return this.#send(-2, 'ping', []);
  }

  /** The reply to this request, once it is there. */
  reply(xid: number): { readonly error: number; readonly body: JuteReader } | undefined {
    return this.replies.find((reply) => reply.xid === xid);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #request(operation: Operation, body: readonly Buffer[]): number {
    return this.#send(++this.#xid, operation, body);
  }

  #send(xid: number, operation: Operation, body: readonly Buffer[]): number {
    this.socket.write(frameOf(Buffer.concat([int(xid), int(OPERATION_CODES[operation]), ...body])));
    return xid;
  }

  #receive(reader: JuteReader): void {
    if (!this.#greeted) {
      reader.int();
      this.timeoutMs = reader.int();
      this.sessionId = reader.long();
      this.password = Buffer.from(reader.buffer() ?? []);
      this.#greeted = true;
      return;
    }
    const xid = reader.int();
    reader.long();
    const error = reader.int();
    if (xid === -1) {
      const type = reader.int();
      reader.int();
      this.events.push({ type, path: reader.string() ?? '' });
    } else {
      this.replies.push({ xid, error, body: reader });
    }
  }
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int(bytes.length), bytes]);
}
