import { connect, type Socket } from 'node:net';
import { TestKitError } from '../errors.js';
import { FrameReader, frameOf, payloadOf } from '../protocol/frame-reader.js';
import { bareRequestPayload, connectRequestPayload, parseConnectResponse } from '../protocol/messages.js';

/** Asked for when resuming; the session ends at once anyway. */
const SESSION_TIMEOUT_MS = 10_000;

/**
 * Ends the session of another client at the servers, so that this client's session has truly expired: it is resumed
 * with its id and password on a connection of its own, and closed there. Its ephemeral nodes are gone when this
 * resolves (on the server that answered; the others follow in order). The client itself is told so when it next connects: cut its
 * connection, as `FaultProxy.expireSession` does, or it finds out by its own time-outs.
 *
 * @param connectString `host:port,…`; the first server that answers is used, a chroot is ignored
 * @param password the 16 bytes that the server gave with the session; {@link FaultProxy} overhears them
 * @throws TestKitError `SESSION_NOT_RESUMED` when the session is over already or the password is wrong,
 *   `ZOOKEEPER_UNREACHABLE` when no server answers within `timeoutMs` each
 */
export async function expireSession(
  connectString: string,
  sessionId: bigint,
  password: Buffer,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const failures: string[] = [];
  for (const address of connectString.replace(/\/.*$/, '').split(',')) {
    const [host = '', port = '2181'] = address.split(/:(?=\d+$)/);
    try {
      await closeSessionAt({ host, port: Number(port) }, sessionId, password, timeoutMs);
      return;
    } catch (error) {
      if (error instanceof TestKitError && error.code === 'SESSION_NOT_RESUMED') throw error;
      failures.push(`${address}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new TestKitError(
    'ZOOKEEPER_UNREACHABLE',
    `Session 0x${sessionId.toString(16)} could not be ended: ${failures.join('; ')}`,
  );
}

async function closeSessionAt(
  address: { readonly host: string; readonly port: number },
  sessionId: bigint,
  password: Buffer,
  timeoutMs: number,
): Promise<void> {
  const socket = connect(address);
  socket.setTimeout(timeoutMs, () => {
    socket.destroy(new Error(`no answer within ${timeoutMs} ms`));
  });
  try {
    const frames = readFrames(socket);
    socket.write(frameOf(connectRequestPayload({ sessionId, password, timeoutMs: SESSION_TIMEOUT_MS })));
    const answer = await frames.next();
    // A server without a quorum closes the connection without an answer.
    if (answer.done) throw new Error('the server closed the connection without an answer');
    const { sessionId: resumed } = parseConnectResponse(payloadOf(answer.value));
    if (resumed !== sessionId) {
      throw new TestKitError(
        'SESSION_NOT_RESUMED',
        `The server does not resume session 0x${sessionId.toString(16)}: it is over already, or the password is wrong`,
      );
    }
    socket.write(frameOf(bareRequestPayload(1, 'closeSession')));
    await frames.next();
  } finally {
    socket.destroy();
  }
}

async function* readFrames(socket: Socket): AsyncGenerator<Buffer, void> {
  const reader = new FrameReader();
  for await (const chunk of socket as AsyncIterable<Buffer>) yield* reader.push(chunk);
}
