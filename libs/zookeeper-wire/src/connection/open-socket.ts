import { connect as connectByTcp, isIP, type Socket } from 'node:net';
import { connect as connectByTls, type ConnectionOptions } from 'node:tls';
import { formatServer } from '@atalaya/zookeeper-protocol';
import { type Endpoint } from '../addresses/server-list.js';
import { WireError } from '../errors/wire-error.js';

/** Codes of errors that mean a certificate or the handshake, not the way to the server. */
const TLS_CODES =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH|EPROTO)/;

/** A socket that begins to connect, and the event that says that it has. */
export function openSocket(
  { host, address, port }: Endpoint,
  tls: ConnectionOptions | true | undefined,
): { readonly socket: Socket; readonly readyEvent: 'connect' | 'secureConnect' } {
  if (!tls) return { socket: connectByTcp({ host: address, port, noDelay: true }), readyEvent: 'connect' };
  const options = tls === true ? {} : tls;
  // The certificate is checked against the name, which the look-up has left behind.
  const servername = isIP(host) ? undefined : host;
  const socket = connectByTls({
    ...(servername === undefined ? {} : { servername }),
    ...options,
    host: address,
    port,
  });
  socket.setNoDelay(true);
  return { socket, readyEvent: 'secureConnect' };
}

/** Why a connection could not be made, or broke. */
export function socketError(
  error: (Error & { readonly code?: unknown }) | undefined,
  endpoint: Endpoint,
  established: boolean,
): WireError {
  const server = formatServer(endpoint);
  if (error && typeof error.code === 'string' && TLS_CODES.test(error.code)) {
    return new WireError(
      'TLS_REFUSED',
      `The TLS connection to ${server} was refused: ${error.message}; check the certificates of both sides, and their names`,
      { cause: error },
    );
  }
  const details = error ? { cause: error } : {};
  return established
    ? new WireError(
        'CONNECTION_LOSS',
        `The connection to ${server} broke: ${error?.message ?? 'the server closed it'}`,
        details,
      )
    : new WireError(
        'CONNECT_FAILED',
        `No connection to ${server}: ${error?.message ?? 'the server closed it without an answer; it may have no quorum, be behind, or refuse this client'}`,
        details,
      );
}
