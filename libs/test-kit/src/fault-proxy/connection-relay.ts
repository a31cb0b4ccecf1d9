import { type Socket } from 'node:net';
import { payloadOf } from '@atalaya/zookeeper-protocol';
import { DeliveryLane } from './delivery-lane.js';
import { type Direction, type FaultRules } from './faults.js';
import {
  type ClientMessage,
  type OverheardRequest,
  parseConnectRequest,
  parseConnectResponse,
  parseRequest,
  parseServerMessage,
  type ServerMessage,
} from './overheard-messages.js';
import { type ObservedSession, type ProxiedConnection } from './proxied-connection.js';
import { type StreamReader } from './stream-reader.js';
import { type ProxyCounters } from './proxy-counters.js';

/** What a connection needs of the proxy it belongs to. */
export interface ConnectionContext {
  readonly link: number;
  readonly rules: FaultRules;
  readonly counters: ProxyCounters;
  /** Reads one direction of a new connection. */
  readonly readerOf: (direction: Direction) => StreamReader;
  readonly onSession: (session: ObservedSession) => void;
  readonly onClosed: () => void;
}

/** Hands the messages of one connection on, as the faults allow. */
export class ConnectionRelay implements ProxiedConnection {
  /** Index of the upstream server. */
  readonly link: number;
  /** The session it carries, once the server has granted it. */
  session: ObservedSession | undefined;
  readonly #lanes: Readonly<Record<Direction, DeliveryLane>>;
  readonly #requests = new Map<number, OverheardRequest>();
  #clientGreeted = false;
  #serverGreeted = false;
  #swallowAll = false;
  #damaged = false;
  #open = true;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly context: ConnectionContext,
  ) {
    this.link = context.link;
    client.setNoDelay(true);
    server.setNoDelay(true);
    this.#lanes = {
      toServer: this.#connectLane('toServer', client, server),
      toClient: this.#connectLane('toClient', server, client),
    };
    server.once('error', () => {
      if (server.connecting || server.bytesRead === 0) this.context.counters.unreachable++;
    });
  }

  /** Whether it is neither cut nor ended. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether bytes of it were swallowed, so that its two ends can no longer understand each other. */
  get damaged(): boolean {
    return this.#damaged;
  }

  /** Closes both sides at once; what was under way is lost. Idempotent. */
  cut(): void {
    if (!this.#open) return;
    this.context.counters.cut++;
    this.#close();
  }

  /** From here on lets nothing through, in either direction, while both ends believe that the connection stands. */
  swallowAll(): void {
    this.#swallowAll = true;
    this.#damaged = true;
  }

  /** Looks at the faults anew; the proxy calls it when they have changed. */
  faultsChanged(): void {
    this.#lanes.toServer.flush();
    this.#lanes.toClient.flush();
  }

  #close(): void {
    this.#open = false;
    this.#lanes.toServer.close();
    this.#lanes.toClient.close();
    for (const socket of [this.client, this.server]) {
      // What was handed on before goes out first. No `resetAndDestroy`: on Node 20 a handle that is reset while it
      // shuts down is never closed, and the process spins for ever at its exit.
      socket.uncork();
      socket.destroy();
    }
    this.context.onClosed();
  }

  #connectLane(direction: Direction, source: Socket, target: Socket): DeliveryLane {
    const { rules, counters, readerOf } = this.context;
    const reader = readerOf(direction);
    const lane = new DeliveryLane(
      source,
      target,
      () => rules.stalled(this, direction),
      (byteCount) => {
        counters[direction === 'toServer' ? 'bytesToServer' : 'bytesToClient'] += byteCount;
      },
    );
    source.on('data', (chunk: Buffer) => {
      // One write for all frames of a chunk: thousands of pipelined replies would be as many system calls.
      target.cork();
      for (const frame of reader.push(chunk)) {
        if (this.#open) this.#pass(frame, direction, lane, reader);
      }
      target.uncork();
    });
    const onEnd = (how: 'end' | 'close') => () => {
      if (!this.#open) return;
      // The other end of a half-open connection never learns that this one has gone.
      if (!this.#swallow(direction)) lane.enqueue(how, 0);
    };
    source.once('end', onEnd('end'));
    source.on('error', onEnd('close'));
    source.once('close', () => {
      if (this.client.destroyed && this.server.destroyed && this.#open) {
        this.#open = false;
        this.context.onClosed();
      }
    });
    return lane;
  }

  #pass(frame: Buffer, direction: Direction, lane: DeliveryLane, reader: StreamReader): void {
    const { rules, counters } = this.context;
    const message = this.#parse(frame, direction, reader);
    this.#observe(message);
    if (this.#swallow(direction)) {
      counters.dropped++;
      return;
    }
    const verdict = rules.verdict({ direction, connection: this, message });
    if (verdict?.action === 'drop') {
      counters.dropped++;
      if (verdict.then === 'cut') this.cut();
      if (verdict.then === 'swallow') this.swallowAll();
      return;
    }
    if (verdict) counters.delayed++;
    lane.enqueue(frame, verdict?.delayMs ?? 0);
  }

  /** Whether what comes next in this direction vanishes, and with it the connection's use. */
  #swallow(direction: Direction): boolean {
    const fault = this.context.rules.swallowing(this, direction);
    if (!fault && !this.#swallowAll) return false;
    if (fault) fault.hits++;
    this.#damaged = true;
    return true;
  }

  #parse(
    frame: Buffer,
    direction: Direction,
    reader: StreamReader,
  ): ClientMessage | ServerMessage | undefined {
    if (reader.raw) return undefined;
    try {
      const payload = payloadOf(frame);
      if (direction === 'toServer') {
        const greeted = this.#clientGreeted;
        this.#clientGreeted = true;
        return greeted ? parseRequest(payload) : parseConnectRequest(payload);
      }
      const greeted = this.#serverGreeted;
      this.#serverGreeted = true;
      if (!greeted) return parseConnectResponse(payload);
      return parseServerMessage(payload, (xid) => this.#takeRequest(xid));
    } catch {
      // No ZooKeeper frames (the answer to a four letter word): the rest goes through as it is.
      reader.switchToRaw();
      return undefined;
    }
  }

  #takeRequest(xid: number): OverheardRequest | undefined {
    const request = this.#requests.get(xid);
    this.#requests.delete(xid);
    return request;
  }

  #observe(message: ClientMessage | ServerMessage | undefined): void {
    const { counters } = this.context;
    if (message?.kind === 'request') {
      this.#requests.set(message.xid, message);
      if (message.operation)
        counters.requests[message.operation] = (counters.requests[message.operation] ?? 0) + 1;
    } else if (message?.kind === 'reply') {
      counters.replies++;
    } else if (message?.kind === 'event') {
      counters.events++;
    } else if (message?.kind === 'connected' && message.sessionId !== 0n) {
      this.session = { id: message.sessionId, password: message.password, timeoutMs: message.timeoutMs };
      this.context.onSession(this.session);
    }
  }
}
