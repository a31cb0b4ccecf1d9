import {
  nativeTransport,
  parseConnectString,
  type Transport,
  type TransportFactory,
} from '../../src/index.js';

/** A native transport whose sessions a test can end for real. */
export function expirableTransport(): { readonly transport: TransportFactory; readonly opened: Transport[] } {
  const opened: Transport[] = [];
  return {
    opened,
    transport: (options) => {
      const transport = nativeTransport(options);
      opened.push(transport);
      return transport;
    },
  };
}

/**
 * Expires the session as the servers do: it is resumed by another connection, with its id and password, and closed
 * there. Its owner may win it back in between, so this is repeated until a server says that it is gone.
 */
export async function expireSession(hosts: string, session: Transport['session']): Promise<void> {
  if (!session) throw new Error('There is no session to expire yet');
  const servers = hosts.replace(/\/.*$/, '');
  while ((await resumeAndClose(servers, session)) !== 'expired');
}

function resumeAndClose(
  hosts: string,
  session: NonNullable<Transport['session']>,
): Promise<'closed' | 'expired'> {
  return new Promise((resolve, reject) => {
    const thief = nativeTransport({
      servers: parseConnectString(hosts).servers,
      sessionTimeoutMs: session.timeoutMs,
      resume: session,
      events: {
        connected: () => {
          thief.close().then(() => {
            resolve('closed');
          }, reject);
        },
        disconnected() {},
        expired: () => {
          resolve('expired');
        },
        authenticationFailed() {},
        watch() {},
        contact() {},
        attemptFailed: reject,
        failed: reject,
      },
    });
  });
}
