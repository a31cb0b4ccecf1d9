import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type FastifyInstance, type FastifyRequest } from 'fastify';

/** Most bytes of a body that are read and thrown away once its request is answered. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Time for them to arrive, in ms. */
const MAX_MS = 10_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Counts the body no longer; set where it is counted. */
    forgetBody: (() => void) | undefined;
  }
}

export interface LateBodyOptions {
  maxBytes?: number | undefined;
  maxMs?: number | undefined;
}

/**
 * Lets an answer arrive that comes before the body of its request has: the rest of the body is read and thrown away, up
 * to a bound, before the connection is closed. Closed with bytes unread, it would be reset, and a client that sends all
 * before it reads would see a broken pipe in place of the answer (RFC 9112, section 9.6).
 */
export function readLateBodies(app: FastifyInstance, options: LateBodyOptions = {}): void {
  const { maxBytes = MAX_BYTES, maxMs = MAX_MS } = options;
  app.decorateRequest('forgetBody', undefined);
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!isHalfSent(request) || !(typeof payload === 'string' || Buffer.isBuffer(payload))) {
      done(null, payload);
      return;
    }
    request.forgetBody?.();
    // All of the answer is there at once; what waits for the body is its end alone.
    void reply.header('content-length', Buffer.byteLength(payload));
    const bytes = Buffer.from(payload);
    done(null, Readable.from(answerThenRest(bytes, request, { maxBytes, maxMs }), { objectMode: false }));
  });
}

/** Whether the body of a request is on its way. */
export function isHalfSent({ raw }: Pick<FastifyRequest, 'raw'>): boolean {
  // An injected request is complete, and does not say so.
  return raw instanceof IncomingMessage && !raw.complete && raw.socket.readable && hasBody(raw);
}

/** Whether a request announces a body. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

async function* answerThenRest(
  answer: Buffer,
  request: FastifyRequest,
  bounds: { maxBytes: number; maxMs: number },
): AsyncGenerator<Buffer> {
  yield answer;
  await throwAwayRest(request, bounds);
}

function throwAwayRest({ raw }: FastifyRequest, bounds: { maxBytes: number; maxMs: number }): Promise<void> {
  // Who has collected the body has no use for the rest, nor for its end.
  for (const event of ['data', 'end', 'error']) raw.removeAllListeners(event);
  let left = bounds.maxBytes;
  return new Promise<void>((resolve) => {
    const late = setTimeout(resolve, bounds.maxMs).unref();
    const over = (): void => {
      clearTimeout(late);
      resolve();
    };
    raw.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) over();
    });
    for (const event of ['end', 'error', 'close']) raw.once(event, over);
    raw.resume();
  });
}
