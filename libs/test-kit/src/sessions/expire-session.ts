import { connect, type Socket } from 'node:net';
import {
  FrameDecoder,
  JuteWriter,
  payloadOf,
  readConnectResponse,
  writeConnectRequest,
  writeRequest,
} from '@atalaya/zookeeper-protocol';
import { messageOf, TestKitError } from '../errors.js';

/** Asked for when resuming; the session ends at once anyway. */
const SESSION_TIMEOUT_MS = 10_000;

/**
 * Ends the session of another client at the servers, so that this client's session has truly expired: it is resumed
 * with its id and password on a connection of its own, and closed there. When this resolves, its ephemeral nodes are
 * gone on the server that was asked, and the others follow in order. The client itself learns of it when it next
 * connects: cut its connection, as `FaultProxy.expireSession` does, or it finds out by its own time-outs.
 *
 * @param connectString `host:port,…`; the first server that answers is used, a chroot is ignored
 * @param password the 16 bytes that the server gave with the session; {@link FaultProxy} overhears them
 * @throws TestKitError `SESSION_NOT_RESUMED` when the session is over already or the password is wrong,
 *   `ZOOKEEPER_UNREACHABLE` when no server answers within `timeoutMs` (5,000 by default) each
 */
export async function expireSession(
  connectString: string,
  sessionId: bigint,
  password: Buffer,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const failures: string[] = [];
  let maybeClosed = false;
  for (const address of connectString.replace(/\/.*$/, '').split(',')) {
    const [host = '', port = '2181'] = address.split(/:(?=\d+$)/);
    const exchange = new ClosingExchange({ host, port: Number(port) }, timeoutMs);
    try {
      if (await exchange.resume(sessionId, password)) {
        await exchange.closeSession();
        return;
      }
      // Refused after an earlier server took the request and its reply got lost: that is what was wanted.
      if (maybeClosed) return;
      throw new TestKitError(
        'SESSION_NOT_RESUMED',
        `${address} does not resume session 0x${sessionId.toString(16)}: it is over already, or the password is wrong`,
      );
    } catch (error) {
      if (error instanceof TestKitError && error.code === 'SESSION_NOT_RESUMED') throw error;
      maybeClosed ||= exchange.closeSent;
      failures.push(`${address}: ${messageOf(error)}`);
    } finally {
      exchange.end();
    }
  }
  throw new TestKitError(
    'ZOOKEEPER_UNREACHABLE',
    `Session 0x${sessionId.toString(16)} could not be ended: ${failures.join('; ')}`,
  );
}

/** The two requests that end a session, on a connection of their own to one server. */
class ClosingExchange {
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

  /** Whether the server gave the session. */
  async resume(sessionId: bigint, password: Buffer): Promise<boolean> {
    const greeting = { protocolVersion: 0, timeoutMs: SESSION_TIMEOUT_MS, sessionId, password };
    // Of no transaction seen, so that no server is too far behind.
    this.#write((writer) => {
      writeConnectRequest(writer, { ...greeting, lastZxid: 0n, readOnly: false });
    });
    return readConnectResponse(payloadOf(await this.#nextFrame())).sessionId === sessionId;
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
