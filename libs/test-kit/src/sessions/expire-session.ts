import { messageOf, TestKitError } from '../errors.js';
import { SessionExchange } from './session-exchange.js';

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
    const exchange = new SessionExchange({ host, port: Number(port) }, timeoutMs);
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
