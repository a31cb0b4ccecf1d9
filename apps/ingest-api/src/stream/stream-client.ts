import { type ServerResponse } from 'node:http';
import { type EventFrame } from './event-frame.js';
import { type FrameReceiver } from './group-feed.js';

export interface StreamClientLimits {
  /** Bytes that a client may have unread before it is cut; the newest event comes on top. */
  maxUnreadBytes: number;
  /** How long a client may leave what it was sent unread, in ms. */
  stallTimeoutMs: number;
}

const HEARTBEAT = ': heartbeat\n\n';

/** Time for a client to take the rest when the stream ends, in ms. */
const END_GRACE_MS = 250;

/**
 * One client of the event stream. What it does not read is buffered up to a bound; then, or when it reads nothing for
 * too long, its connection is cut, and it can resume with `Last-Event-ID`.
 */
export class StreamClient implements FrameReceiver {
  readonly #response: ServerResponse;
  readonly #limits: StreamClientLimits;
  readonly #onCut: () => void;
  #stalled: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  constructor(response: ServerResponse, limits: StreamClientLimits, onCut: () => void) {
    this.#response = response;
    this.#limits = limits;
    this.#onCut = onCut;
    response.on('drain', () => {
      this.#resume();
    });
    response.once('close', () => {
      this.#resume();
    });
    // A reset by the client is an end like any other.
    response.on('error', () => {});
  }

  /** Begins the answer. */
  open(headers: Readonly<Record<string, string | number | string[] | undefined>>, reconnectMs: number): void {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.#response.setHeader(name, value);
    }
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // The stream ends when the process does; the connection is of no further use then.
      connection: 'close',
      'x-accel-buffering': 'no',
    });
    this.#write(`retry: ${reconnectMs}\n\n`);
  }

  send(frame: Pick<EventFrame, 'text'>): void {
    this.#write(frame.text);
  }

  heartbeat(): void {
    // One that has not read the last ones needs no more of them.
    if (this.#stalled === undefined) this.#write(HEARTBEAT);
  }

  async ready(): Promise<void> {
    if (this.#stalled === undefined || this.#response.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Ends the stream; what the client does not take within a moment is dropped. */
  end(): void {
    this.#response.end();
    setTimeout(() => this.#response.destroy(), END_GRACE_MS).unref();
  }

  #write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (this.#response.writableLength > this.#limits.maxUnreadBytes) {
      this.#cut();
      return;
    }
    if (this.#response.write(text)) return;
    this.#stalled ??= setTimeout(() => {
      this.#cut();
    }, this.#limits.stallTimeoutMs).unref();
  }

  #cut(): void {
    this.#onCut();
    this.#response.destroy();
  }

  #resume(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
