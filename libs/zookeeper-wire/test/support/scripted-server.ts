import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  FrameDecoder,
  JuteWriter,
  type Operation,
  payloadOf,
  readConnectRequest,
  readRequest,
  type ReplyBody,
  type Request,
  writeConnectResponse,
  writeReplyBody,
  writeReplyHeader,
  writeWatchEvent,
} from '@atalaya/zookeeper-protocol';

/** A frame around what is written. */
export function frame(write: (writer: JuteWriter) => void): Buffer {
  const writer = new JuteWriter();
  const start = writer.startFrame();
  write(writer);
  writer.endFrame(start);
  return writer.take();
}

export function greeting(timeoutMs = 4_000, sessionId = 7n): Buffer {
  return frame((writer) => {
    writeConnectResponse(writer, {
      protocolVersion: 0,
      timeoutMs,
      sessionId,
      password: Buffer.alloc(16, 1),
      readOnly: false,
    });
  });
}

export function reply<O extends Operation>(
  { xid }: { readonly xid: number },
  operation: O,
  body: ReplyBody<O> | number,
  zxid = 1n,
): Buffer {
  return frame((writer) => {
    writeReplyHeader(writer, { xid, zxid, error: typeof body === 'number' ? body : 0 });
    if (typeof body !== 'number') writeReplyBody(writer, operation, body);
  });
}

export function changed(path: string): Buffer {
  return frame((writer) => {
    writeReplyHeader(writer, { xid: -1, zxid: -1n, error: 0 });
    writeWatchEvent(writer, { type: 'changed', state: 3, path });
  });
}

/** A server of which a test says what it answers. */
export class ScriptedServer implements AsyncDisposable {
  readonly requests: Request[] = [];
  connections = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly answer: (request: Request, socket: Socket) => void,
  ) {
    server.on('connection', (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      this.#serve(socket);
    });
  }

  static async start(answer: (request: Request, socket: Socket) => void): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(createServer(), answer);
    scripted.server.listen(0, '127.0.0.1');
    await once(scripted.server, 'listening');
    return scripted;
  }

  get hosts(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(socket: Socket): void {
    const decoder = new FrameDecoder();
    let greeted = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      decoder.push(chunk);
      for (let next = decoder.next(); next; next = decoder.next()) {
        if (!greeted) {
          readConnectRequest(payloadOf(next));
          greeted = true;
          socket.write(greeting());
          continue;
        }
        const request = readRequest(payloadOf(next));
        this.requests.push(request);
        if (request.operation === 'closeSession') socket.end(reply(request, 'closeSession', {}));
        else this.answer(request, socket);
      }
    });
  }
}
