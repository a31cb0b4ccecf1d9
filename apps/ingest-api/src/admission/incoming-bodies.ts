import { type IncomingMessage } from 'node:http';
import { SlotSet } from '../memory/slot-set.js';

/** Most bytes of bodies that one process holds. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The part of all bytes that the bodies of one client (address) may have. */
const CLIENT_SHARE = 0.75;

/** A body that has to give way to others; `bytes` is what has arrived of it. */
interface Body {
  readonly client: string;
  readonly giveWay: () => void;
  /** Ascending with the time of their beginning. */
  readonly number: number;
  bytes: number;
  complete: boolean;
  isHeld: boolean;
  /** Takes it out of those that are held; whether it was in. */
  leave: () => boolean;
}

/**
 * Bounds the bytes of request bodies that are held together, of all clients and of each. What counts is what has
 * arrived and not what was announced: a body that is announced and not sent costs nothing and holds nothing up. When
 * the bound is passed, the bodies that have been on their way longest give way, those of the same client first where
 * it is the client's part that is used up.
 */
export class IncomingBodies {
  readonly #maxBytes: number;
  readonly #maxPerClient: number;
  readonly #bodies = new SlotSet<Body>();
  readonly #byClient = new Map<string, number>();
  #bytes = 0;
  #newest = 0;

  constructor(limits: { maxBytes: number; maxPerClient?: number }) {
    this.#maxBytes = limits.maxBytes;
    this.#maxPerClient = limits.maxPerClient ?? Math.ceil(limits.maxBytes * CLIENT_SHARE);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts the body of a request as it arrives, until the returned function is called.
   *
   * @param giveWay ends a request whose body is not complete; called at most once
   */
  watch(request: IncomingMessage, client: string, giveWay: () => void): () => void {
    const { complete } = request;
    const body: Body = {
      client,
      giveWay,
      number: this.#newest++,
      bytes: 0,
      complete,
      isHeld: true,
      leave: () => false,
    };
    body.leave = this.#bodies.add(body);
    const onData = (chunk: Buffer | string): void => {
      if (body.isHeld) this.#count(body, chunk.length);
    };
    request.on('data', onData);
    request.once('end', () => {
      body.complete = true;
    });
    return () => {
      request.removeListener('data', onData);
      this.#forget(body);
    };
  }

  #count(body: Body, bytes: number): void {
    body.bytes += bytes;
    this.#bytes += bytes;
    this.#byClient.set(body.client, (this.#byClient.get(body.client) ?? 0) + bytes);
    while ((this.#byClient.get(body.client) ?? 0) > this.#maxPerClient) {
      if (!this.#endOldest(({ client }) => client === body.client)) break;
    }
    while (this.#bytes > this.#maxBytes) {
      if (!this.#endOldest(() => true)) break;
    }
  }

  /** False when all that are held are complete: they are being answered and end soon. */
  #endOldest(mayEnd: (body: Body) => boolean): boolean {
    let oldest: Body | undefined;
    for (const body of this.#bodies) {
      if (body.complete || !mayEnd(body)) continue;
      if (oldest === undefined || body.number < oldest.number) oldest = body;
    }
    if (oldest === undefined) return false;
    this.#forget(oldest);
    oldest.giveWay();
    return true;
  }

  #forget(body: Body): void {
    if (!body.leave()) return;
    body.isHeld = false;
    this.#bytes -= body.bytes;
    const left = (this.#byClient.get(body.client) ?? 0) - body.bytes;
    if (left <= 0) this.#byClient.delete(body.client);
    else this.#byClient.set(body.client, left);
  }
}
