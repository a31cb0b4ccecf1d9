import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { tooManyRequests } from '../errors/http-problem.js';
import { type ReadPlace, type ReadQueue } from './read-queue.js';
import { whenClosed } from '../operations/when-closed.js';
import { type Refusals } from './refusals.js';

/** What is made without the store. */
const WITHOUT_STORE = /^\/(metrics|openapi\.json|docs)(\/|$)/;

/** Time for a client to take its answer, in ms; its connection is ended then. */
const TAKE_TIMEOUT_MS = 60_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer is made in parts, of which each waits for its turn; its client may take as long as it takes some of it. */
    inParts?: boolean;
  }
  interface FastifyRequest {
    readPlace: ReadPlace | undefined;
  }
}

export interface AdmitReadsOptions {
  reads: ReadQueue;
  refusals: Refusals;
  /** Time for a client to take its answer, in ms. */
  takeTimeoutMs?: number | undefined;
}

/**
 * Lets reads of the store wait for their turn once they are known to be valid, and answers 429 where too many do, of all
 * clients or of one key or address. Writes, health checks and event streams do not wait. Register it before the routes
 * and after what decides who may read.
 */
export function admitReads(app: FastifyInstance, options: AdmitReadsOptions): void {
  const { reads, refusals, takeTimeoutMs = TAKE_TIMEOUT_MS } = options;
  app.decorateRequest('readPlace', undefined);
  app.addHook('preHandler', (request, reply, done) => {
    if (!readsStore(request)) {
      done();
      return;
    }
    // Not at once: the place has to be known before the answer is, and writes and health checks that have arrived while
    // the read before was answered go first.
    const place = reads.enter(clientOf(request), () => {
      setImmediate(done);
    });
    if (place === undefined) {
      refusals.count('reads', request.ip);
      done(tooManyRequests('Too many reads are under way, of this client or of all; try again.'));
      return;
    }
    request.readPlace = place;
    whenClosed(reply, () => {
      place.leave();
    });
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { readPlace } = request;
    if (readPlace !== undefined) {
      readPlace.answered();
      if (request.routeOptions.config.inParts === true) {
        // As long as it is taken.
        reply.raw.setTimeout(takeTimeoutMs, () => reply.raw.destroy());
        done();
        return;
      }
      const late = setTimeout(() => reply.raw.destroy(), takeTimeoutMs).unref();
      whenClosed(reply, () => {
        clearTimeout(late);
      });
    }
    done();
  });
}

/** Probes, files and what is guarded as a write have an access of their own. */
function readsStore({ method, routeOptions }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const { url, config } = routeOptions;
  return (
    url !== undefined && config.access === undefined && config.endless !== true && !WITHOUT_STORE.test(url)
  );
}

function clientOf({ caller, ip }: FastifyRequest): string {
  return caller === undefined ? `address ${ip}` : `key ${caller.name}`;
}
