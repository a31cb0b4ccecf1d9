import { connect, type Socket } from 'node:net';
import {
  FrameDecoder,
  JuteWriter,
  payloadOf,
  readConnectResponse,
  writeConnectRequest,
  writeRequest,
} from '@atalaya/zookeeper-protocol';

/** Asked for; the session ends at once anyway. */
const SESSION_TIMEOUT_MS = 10_000;
const PASSWORD_BYTES = 16;

/** The two requests that begin or resume a session and end it, on a connection of their own to one server. */
export class SessionExchange {
  /** Whether the server may have closed the session. */
  closeSent = false;
  readonly #socket: Socket;
  readonly #frames: AsyncGenerator<Buffer, void>;

  constructor(address: { readonly host: string; readonly port: number }, timeoutMs: number) {
    this.#socket = connect(address);
    this.#socket.setTimeout(timeoutMs, () => {
      this.#socket.destroy(new Error(`no answer within ${timeoutMs} ms`));
    });
    this.#frames = readFrames(this.#socket);
  }

  /** Begins a session, which a majority agrees on; whether the server gave it. */
  async begin(): Promise<boolean> {
    return (await this.#connect(0n, Buffer.alloc(PASSWORD_BYTES))) !== 0n;
  }

  /** Whether the server gave the session. */
  async resume(sessionId: bigint, password: Buffer): Promise<boolean> {
    return (await this.#connect(sessionId, password)) === sessionId;
  }

  async closeSession(): Promise<void> {
    this.#write((writer) => {
      writeRequest(writer, 1, 'closeSession', {});
    });
    this.closeSent = true;
    await this.#nextFrame();
  }

  end(): void {
    this.#socket.destroy();
  }

  /** Id of the session that the server gives; 0 where it gives none. */
  async #connect(sessionId: bigint, password: Buffer): Promise<bigint> {
    const greeting = { protocolVersion: 0, timeoutMs: SESSION_TIMEOUT_MS, sessionId, password };
    // Of no transaction seen, so that no server is too far behind.
    this.#write((writer) => {
      writeConnectRequest(writer, { ...greeting, lastZxid: 0n, readOnly: false });
    });
    return readConnectResponse(payloadOf(await this.#nextFrame())).sessionId;
  }

  #write(payload: (writer: JuteWriter) => void): void {
    const writer = new JuteWriter();
    const frame = writer.startFrame();
    payload(writer);
    writer.endFrame(frame);
    this.#socket.write(writer.take());
  }

  /** A server without a quorum closes the connection without an answer. */
  async #nextFrame(): Promise<Buffer> {
    const frame = await this.#frames.next();
    if (frame.done) throw new Error('the server closed the connection without an answer');
    return frame.value;
  }
}

async function* readFrames(socket: Socket): AsyncGenerator<Buffer, void> {
  const decoder = new FrameDecoder();
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    decoder.push(chunk);
    for (let frame = decoder.next(); frame; frame = decoder.next()) yield frame;
  }
}
