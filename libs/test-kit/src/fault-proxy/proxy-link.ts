import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { TestKitError } from '../errors.js';
import { reserveFreePort } from '../network/free-port.js';
import { type PortReservation } from '../network/port-reservation.js';
import { type Direction, type FaultRules } from './faults.js';
import { ConnectionRelay } from './connection-relay.js';
import { type ObservedSession } from './proxied-connection.js';
import { OverheardFrames } from './overheard-frames.js';
import { type ProxyCounters } from './proxy-counters.js';
import { type StreamReader } from './stream-reader.js';

const HOST = '127.0.0.1';
const BIND_ATTEMPTS = 20;
const RETRY_MS = 25;

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A server behind a proxy, and how the streams to and from it are read: as ZooKeeper's client protocol by default. */
export interface Upstream extends Address {
  /**
   * For how long a server that does not listen yet is tried again before the connection that is meant for it ends.
   * 0 by default: at once.
   */
  readonly patienceMs?: number;
  readonly readerOf?: (direction: Direction) => StreamReader;
}

/** The way through the proxy to one server: a port of its own and the connections that came over it. */
export class ProxyLink {
  readonly host = HOST;
  readonly #connections = new Set<ConnectionRelay>();
  #listener: Server | undefined;
  /** Keeps the port while connections are refused. */
  #reservation: PortReservation | undefined;
  #port = 0;
  #refusals = 0;
  #closed = false;

  constructor(
    readonly index: number,
    readonly upstream: Upstream,
    private readonly rules: FaultRules,
    private readonly counters: ProxyCounters,
    private readonly onSession: (session: ObservedSession) => void,
  ) {}

  /** Port on which clients reach the server. */
  get port(): number {
    return this.#port;
  }

  /** Has every connection look at the faults anew. */
  faultsChanged(): void {
    for (const connection of this.#connections) connection.faultsChanged();
  }

  /** Connections that are neither cut nor ended. */
  get connections(): readonly ConnectionRelay[] {
    return [...this.#connections];
  }

  /** Begins to listen, on a free port. */
  async open(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const reservation = await reserveFreePort(HOST);
      this.#reservation = reservation;
      try {
        await this.#listen(reservation.port);
        return;
      } catch (error) {
        reservation.release();
        if (attempt === BIND_ATTEMPTS) throw error;
      }
    }
  }

  /** Refuses new connections, as a machine does on which nothing listens; those that stand are not touched. */
  async refuse(): Promise<void> {
    this.#refusals++;
    const listener = this.#listener;
    this.#listener = undefined;
    // `close` stops listening at once; its callback would wait for the connections that stand.
    listener?.close();
    if (listener) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Takes one refusal back; with the last one the port listens again. */
  async accept(): Promise<void> {
    this.#refusals = Math.max(0, this.#refusals - 1);
    if (this.#refusals > 0 || this.#listener || this.#closed) return;
    await this.#listen(this.#port);
  }

  /** Cuts all connections and stops listening. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.cut();
    this.#listener?.close();
    this.#listener = undefined;
    this.#reservation?.release();
  }

  async #listen(port: number): Promise<void> {
    // Half-open sockets are allowed: the end of one direction is handed on in its turn, like the bytes before it.
    const listener = createServer({ allowHalfOpen: true }, (client) => {
      this.#accepted(client);
    });
    this.#listener = listener;
    try {
      listener.listen({ port, host: HOST });
      await once(listener, 'listening');
      this.#port = port;
    } catch (cause) {
      this.#listener = undefined;
      throw new TestKitError('PORT_TAKEN', `The proxy cannot listen on ${HOST}:${port}`, { cause });
    }
  }

  #accepted(client: Socket): void {
    this.counters.accepted++;
    const { host, port, patienceMs = 0 } = this.upstream;
    if (patienceMs > 0) client.on('error', ignore);
    this.#pass(client, connect({ host, port, allowHalfOpen: true }), performance.now() + patienceMs);
  }

  /** Nothing of the client is read before the server is reached, or is not to be waited for any longer. */
  #pass(client: Socket, server: Socket, deadlineMs: number): void {
    const { host, port, readerOf = () => new OverheardFrames() } = this.upstream;
    if (performance.now() < deadlineMs && !this.#closed) {
      server.once('connect', () => {
        server.off('error', again);
        this.#pass(client, server, 0);
      });
      const again = (): void => {
        setTimeout(() => {
          this.#pass(client, connect({ host, port, allowHalfOpen: true }), deadlineMs);
        }, RETRY_MS);
      };
      server.once('error', again);
      return;
    }
    const connection = new ConnectionRelay(client, server, {
      link: this.index,
      rules: this.rules,
      counters: this.counters,
      readerOf,
      onSession: this.onSession,
      onClosed: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    if (this.#closed) connection.cut();
  }
}

/** What is the matter with a connection shows when it is read. */
function ignore(): void {
  // See above.
}
