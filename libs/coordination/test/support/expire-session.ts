import { nativeTransport, type Transport, type TransportFactory } from '../../src/index.js';

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
 * there. Resolves when it is gone.
 */
export async function expireSession(hosts: string, session: Transport['session']): Promise<void> {
  if (!session) throw new Error('There is no session to expire yet');
  await new Promise<void>((resolve, reject) => {
    const thief = nativeTransport({
      hosts: hosts.replace(/\/.*$/, ''),
      sessionTimeoutMs: session.timeoutMs,
      resume: session,
      events: {
        connected: () => {
          thief.close().then(resolve, reject);
        },
        disconnected() {},
        expired: resolve,
        authenticationFailed() {},
        watch() {},
        contact() {},
        attemptFailed: reject,
        failed: reject,
      },
    });
  });
}
