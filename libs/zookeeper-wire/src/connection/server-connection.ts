import { type Socket } from 'node:net';
import {
  type ConnectRequest,
  type ConnectResponse,
  type EncodedBody,
  formatServer,
  JuteReader,
  type JuteWriter,
  type Operation,
  payloadOf,
  readConnectResponse,
  readReplyHeader,
  readWatchEvent,
  type ReplyHeader,
  type RequestBody,
  SPECIAL_XIDS,
  type WatchEvent,
  writeConnectRequest,
  writeRequest,
} from '@atalaya/zookeeper-protocol';
import { type Endpoint } from '../addresses/server-list.js';
import { serverError } from '../errors/server-error.js';
import { type Answer, WireError } from '../errors/wire-error.js';
import { FramePump } from './frame-pump.js';
import { Liveness } from './liveness.js';
import { type openSocket, socketError } from './open-socket.js';
import { OutgoingFrames } from './outgoing-frames.js';
import { PendingRequests, type Waiting } from './pending-requests.js';
import { type RequestNumbers } from './request-numbers.js';

const XID_OFFSET = 4;
/** A reply that is nothing but its header: xid, zxid and result code. */
const REPLY_HEADER_BYTES = 16;

export interface ConnectionLimits {
  readonly maxRequestBytes: number;
  readonly maxReplyBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxPendingRequests: number;
}

export interface ConnectionListener {
  /** The server's answer to the connect request. */
  greeted(response: ConnectResponse): void;
  fired(event: WatchEvent): void;
  answered(operation: Operation, answer: Answer): void;
  /** Called once; all requests under way have been rejected. */
  closed(reason: WireError): void;
}

/** One connection to one server: frames out, frames in, answers to their requests, pings, and its end. */
export class ServerConnection {
  readonly #socket: Socket;
  readonly #pump: FramePump;
  readonly #outgoing: OutgoingFrames;
  readonly #liveness: Liveness;
  readonly #pending = new PendingRequests();
  /** Answered beside the numbered requests, each kind in its own order. */
  readonly #special = {
    [SPECIAL_XIDS.ping]: new PendingRequests(),
    [SPECIAL_XIDS.auth]: new PendingRequests(),
    [SPECIAL_XIDS.setWatches]: new PendingRequests(),
  };
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #greeted = false;
  #established = false;
  #closed = false;
  #error: Error | undefined;

  constructor(
    readonly endpoint: Endpoint,
    { socket, readyEvent }: ReturnType<typeof openSocket>,
    greeting: ConnectRequest,
    private readonly numbers: RequestNumbers,
    private readonly limits: ConnectionLimits & { readonly connectTimeoutMs: number },
    private readonly listener: ConnectionListener,
  ) {
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#socket = socket;
    this.#outgoing = new OutgoingFrames(socket, limits.maxRequestBytes);
    this.#pump = new FramePump(
      socket,
      {
        comesAfterContinuations: (frame) =>
          this.#greeted && frame.length >= 8 && frame.readInt32BE(XID_OFFSET) === SPECIAL_XIDS.watchEvent,
        handle: (frame, arrivedAtMs) => {
          this.#receive(frame, arrivedAtMs);
        },
        malformed: (error) => {
          this.#violated('it sent what is no frame', error);
        },
        drained: () => {
          this.#close(socketError(this.#error, this.endpoint, this.#established));
        },
      },
      limits.maxReplyBytes,
    );
    this.#liveness = new Liveness({
      ping: () => {
        this.#ping();
      },
      oldestUnansweredSentAtMs: () => this.#oldestUnansweredSentAtMs(),
      silent: (silentForMs) => {
        this.leave(
          new WireError(
            'SERVER_SILENT',
            `${formatServer(this.endpoint)} was left, since it has not answered for ${Math.round(silentForMs)} ms`,
          ),
        );
      },
    });
    socket.once(readyEvent, () => {
      this.#outgoing.add((writer) => {
        writeConnectRequest(writer, greeting);
      });
      this.#outgoing.flush();
    });
    socket.on('data', (chunk: Buffer) => {
      this.#pump.push(chunk);
    });
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', () => {
      this.#pump.end();
    });
    this.#timer = setTimeout(() => {
      this.leave(
        new WireError(
          'CONNECT_TIMEOUT',
          `${formatServer(endpoint)} was left, since it did not take the session within ${limits.connectTimeoutMs} ms`,
        ),
      );
    }, limits.connectTimeoutMs);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves when it is closed. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Whether the server has answered the connect request. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** Whether the connect request may have been sent. */
  get asked(): boolean {
    return this.#socket.bytesWritten > 0;
  }

  /** Bytes that the system has not taken yet. */
  get queuedBytes(): number {
    return this.#outgoing.queuedBytes;
  }

  get pendingRequests(): number {
    return this.#pending.size;
  }

  /** The session is served: the limit of the attempt ends, the pings begin. */
  established(sessionTimeoutMs: number): void {
    this.#established = true;
    clearTimeout(this.#timer);
    this.#liveness.start(sessionTimeoutMs);
  }

  /**
   * Sends a request, with those of the same turn in one write. `waiting` is called exactly once, unless this throws.
   *
   * @throws {WireError} `REQUEST_TOO_LARGE` or `OVERLOADED`: it was not sent
   */
  send<O extends Operation>(operation: O, body: RequestBody<O> | EncodedBody<O>, waiting: Waiting): void {
    if (
      this.#pending.size >= this.limits.maxPendingRequests ||
      this.queuedBytes >= this.limits.maxQueuedBytes
    ) {
      throw new WireError(
        'OVERLOADED',
        `A request was not sent, since ${this.#pending.size} wait for answers and ${this.queuedBytes} bytes to be ` +
          'sent: wait for earlier ones, or raise maxPendingRequests and maxQueuedBytes',
      );
    }
    this.#sendAs(this.numbers.next(), operation, body, waiting, this.#pending);
  }

  /** Sends a request that is answered beside the numbered ones. */
  sendSpecial<O extends 'auth' | 'setWatches' | 'setWatches2'>(
    operation: O,
    body: RequestBody<O>,
    waiting: Waiting,
  ): void {
    const xid = operation === 'auth' ? SPECIAL_XIDS.auth : SPECIAL_XIDS.setWatches;
    this.#sendAs(xid, operation, body, waiting, this.#special[xid]);
  }

  /** Closes the connection at once for this reason; idempotent. */
  leave(reason: WireError): void {
    if (this.#closed) return;
    this.#pump.stop();
    this.#close(reason);
  }

  #sendAs<O extends Operation>(
    xid: number,
    operation: O,
    body: RequestBody<O> | EncodedBody<O>,
    waiting: Waiting,
    queue: PendingRequests,
  ): void {
    const sentAtMs = performance.now();
    this.#outgoing.add((writer: JuteWriter) => {
      writeRequest(writer, xid, operation, body);
    });
    this.#liveness.sent(sentAtMs);
    queue.push({ xid, operation, sentAtMs, waiting });
  }

  #ping(): void {
    this.#sendAs(
      SPECIAL_XIDS.ping,
      'ping',
      {},
      { answered: () => {}, failed: () => {} },
      this.#special[SPECIAL_XIDS.ping],
    );
    this.#outgoing.flush();
  }

  #oldestUnansweredSentAtMs(): number | undefined {
    const queues = [this.#pending, ...Object.values(this.#special)];
    const times = queues.flatMap(({ first }) => (first ? [first.sentAtMs] : []));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #receive(frame: Buffer, arrivedAtMs: number): void {
    this.#liveness.heard(arrivedAtMs);
    try {
      if (!this.#greeted) {
        this.#greeted = true;
        this.#greet(payloadOf(frame));
        return;
      }
      const reader = new JuteReader(frame, XID_OFFSET);
      const header = readReplyHeader(reader);
      if (header.xid === SPECIAL_XIDS.watchEvent) this.listener.fired(readWatchEvent(reader));
      else this.#replied(header, reader, arrivedAtMs);
    } catch (error) {
      this.#violated('it sent what cannot be read', error);
    }
  }

  #greet(payload: Buffer): void {
    if (payload.length > REPLY_HEADER_BYTES) {
      this.listener.greeted(readConnectResponse(payload));
      return;
    }
    // The answer to the creation of the session, by a server without a quorum that has no local sessions.
    const { error } = readReplyHeader(new JuteReader(payload));
    const refused = serverError(error, 'connect', {});
    if (refused.code !== 'NOT_READ_ONLY') throw refused;
    const reason = `${formatServer(this.endpoint)} gave no session: ${refused.message}`;
    this.leave(new WireError(refused.code, reason, { cause: refused }));
  }

  #replied({ xid, zxid, error }: ReplyHeader, reader: JuteReader, answeredAtMs: number): void {
    const special: Partial<Record<number, PendingRequests>> = this.#special;
    const queue = special[xid] ?? this.#pending;
    const request = queue.first;
    if (request?.xid !== xid) {
      const expected = request ? `that to ${request.xid}` : 'none';
      this.#violated(`it sent a reply to request ${xid}, where ${expected} was due`);
      return;
    }
    queue.shift();
    const answer = { zxid, sentAtMs: request.sentAtMs, answeredAtMs };
    this.listener.answered(request.operation, answer);
    try {
      request.waiting.answered(error, answer, reader);
    } catch (cause) {
      const reason = this.#violation(`its reply to ${request.operation} cannot be read`, cause);
      request.waiting.failed(reason);
      this.leave(reason);
    }
  }

  #violated(problem: string, cause?: unknown): void {
    this.leave(this.#violation(problem, cause));
  }

  #violation(problem: string, cause?: unknown): WireError {
    return new WireError('PROTOCOL_VIOLATION', `${formatServer(this.endpoint)} was left: ${problem}`, {
      cause,
    });
  }

  #close(reason: WireError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#liveness.stop();
    this.#socket.destroy();
    for (const queue of [this.#pending, ...Object.values(this.#special)]) {
      for (const { waiting } of queue.takeAll()) waiting.failed(reason);
    }
    this.listener.closed(reason);
    this.#resolveEnded();
  }
}
