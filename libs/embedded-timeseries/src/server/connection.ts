import { type Socket } from 'node:net';
import { type Session } from '../commands/command.js';
import { encodeReply } from '../protocol/encode-reply.js';
import { type ProtocolVersion } from '../protocol/protocol-version.js';
import { type ErrorReply, type Reply } from '../protocol/reply.js';
import {
  HttpRequestError,
  RequestParser,
  type RequestLimits,
  RequestProtocolError,
} from '../protocol/request-parser.js';
import { OutputQueue } from './output-queue.js';

/** What a connection needs of its server. */
export interface ConnectionOwner {
  /** Runs a request; its reply is given to `reply` now or later. */
  handle(connection: Connection, args: string[]): void;
  /** A turn of requests was handled: changes can be committed. */
  afterRequests(): void;
  readonly committed: number;
  /** The commit that output made now depends on. */
  readonly required: number;
  /** The client sent an HTTP request instead, which ends the connection. */
  sentHttp(connection: Connection): void;
  closed(connection: Connection): void;
}

/** Output that waits, from which on no further requests are read. */
const PAUSE_ABOVE_BYTES = 4 * 1024 * 1024;

/** One client: cuts its bytes into requests, handles them in order, and writes the replies in that order. */
export class Connection implements Session {
  name = '';
  libraryName = '';
  libraryVersion = '';
  database = 0;
  protocol: ProtocolVersion = 2;
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  transaction: Session['transaction'];
  watch: Session['watch'];
  readonly address: string;
  readonly #parser: RequestParser;
  readonly #output = new OutputQueue();
  #isHandling = false;
  /** Requests may be waiting because too much output was. */
  #isStalled = false;
  #isBlocked = false;
  #closesAfterReply = false;
  #ended = false;

  constructor(
    readonly id: number,
    readonly socket: Socket,
    authenticated: boolean,
    readonly owner: ConnectionOwner,
    limits: RequestLimits,
    readonly maxOutputBytes: number,
  ) {
    this.#parser = new RequestParser(limits);
    this.authenticated = authenticated;
    this.address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      // Nothing is kept of what comes after the end was decided.
      if (this.#closesAfterReply || this.#ended) return;
      this.#parser.push(bytes);
      this.#handleRequests();
    });
    socket.on('drain', () => {
      this.flush();
    });
    // A reset is an end like others; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      owner.closed(this);
    });
  }

  get authenticated(): boolean {
    return this.#parser.isAuthenticated;
  }

  set authenticated(isAuthenticated: boolean) {
    this.#parser.isAuthenticated = isAuthenticated;
  }

  /** Waits for output that comes later; further requests wait too. */
  block(): void {
    this.#isBlocked = true;
  }

  /** Gives the reply that `block` waited for. */
  unblock(reply: Reply): void {
    this.#isBlocked = false;
    this.reply(reply);
    this.flush();
    this.#handleRequests();
  }

  reply(reply: Reply): void {
    this.#write(encodeReply(reply, this.protocol), 'error');
  }

  /** Output that no failed commit takes back: what does not depend on data. */
  push(reply: Reply): void {
    this.#write(encodeReply(reply, this.protocol), 'keep');
  }

  /** A message of a channel: it is never sent when the commit fails that it tells of. */
  deliver(reply: Reply): void {
    this.#write(encodeReply(reply, this.protocol), 'drop');
    if (!this.#isHandling) this.flush();
  }

  closeAfterReply(): void {
    this.#closesAfterReply = true;
  }

  /** Writes what may be seen, and goes on with requests that waited for it. */
  flush(): void {
    if (this.#ended) return;
    const text = this.#output.take(this.owner.committed);
    if (text !== '') this.socket.write(text, 'latin1');
    if (this.socket.writableLength + this.#output.bytes > this.maxOutputBytes) {
      this.socket.destroy();
      return;
    }
    if (this.#closesAfterReply && this.#output.bytes === 0) {
      this.#ended = true;
      this.socket.destroySoon();
      return;
    }
    if (this.#isOverfull()) this.socket.pause();
    else if (this.#isStalled) {
      this.#isStalled = false;
      this.socket.resume();
      setImmediate(() => {
        this.#handleRequests();
      });
    }
  }

  /** The changes since the last commit are lost; `flush` must follow. */
  fail(error: ErrorReply): void {
    this.#output.fail(this.owner.committed, encodeReply(error, this.protocol));
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Sends what is committed and ends. */
  end(): void {
    this.closeAfterReply();
    this.flush();
    if (!this.#ended) this.socket.destroy();
  }

  #handleRequests(): void {
    if (this.#isHandling || this.#ended) return;
    this.#isHandling = true;
    try {
      while (this.#canHandle()) {
        const args = this.#parser.next();
        if (args === undefined) break;
        this.owner.handle(this, args);
      }
    } catch (error) {
      if (!(error instanceof RequestProtocolError)) throw error;
      if (error instanceof HttpRequestError) this.owner.sentHttp(this);
      else this.#write(`-ERR Protocol error: ${error.message}\r\n`, 'keep');
      this.#closesAfterReply = true;
    } finally {
      this.#isHandling = false;
    }
    this.#isStalled = this.#isOverfull();
    this.flush();
    this.owner.afterRequests();
  }

  #canHandle(): boolean {
    return !this.#isBlocked && !this.#closesAfterReply && !this.#ended && !this.#isOverfull();
  }

  #isOverfull(): boolean {
    return this.socket.writableLength + this.#output.bytes > PAUSE_ABOVE_BYTES;
  }

  #write(text: string, onFailure: 'error' | 'keep' | 'drop'): void {
    if (!this.#ended) this.#output.push({ text, commit: this.owner.required, onFailure });
  }
}
