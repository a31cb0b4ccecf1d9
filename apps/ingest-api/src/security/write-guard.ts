import { type FastifyInstance, type FastifyRequest, type onRequestAsyncHookHandler } from 'fastify';
import { tooManyRequests } from '../errors/http-problem.js';
import { requireBearerToken } from './bearer-token.js';
import { type InFlightBound } from './in-flight-bound.js';

export interface WriteGuardOptions {
  /** Token that writes need; anybody may write without one. */
  ingestToken: string | undefined;
  /** Writes of one client (address) per minute; 0 for no limit. */
  rateLimitPerMinute: number;
  inFlight: InFlightBound;
}

/** The hooks that a write passes before its body is read. */
export interface WriteGuard {
  /** Rate limit of the client, then the bearer token, then the bound of writes under way: 429, 401, 429. */
  api: onRequestAsyncHookHandler;
  /** The same without the token: the forms of the pages prove their right in another way. */
  form: onRequestAsyncHookHandler;
}

/** Needs `@fastify/rate-limit` to be registered. */
export function createWriteGuard(app: FastifyInstance, options: WriteGuardOptions): WriteGuard {
  const { ingestToken, rateLimitPerMinute, inFlight } = options;
  const checkRate =
    rateLimitPerMinute === 0
      ? undefined
      : app.createRateLimit({ max: rateLimitPerMinute, timeWindow: 60_000 });

  async function limitRate(request: FastifyRequest): Promise<void> {
    const verdict = await checkRate?.(request);
    if (verdict?.isAllowed === false && verdict.isExceeded) {
      throw tooManyRequests(
        `More than ${verdict.max} writes a minute from one address.`,
        Math.max(1, verdict.ttlInSeconds),
      );
    }
  }

  const enter: onRequestAsyncHookHandler = async (request, reply) => {
    const leave = inFlight.tryEnter(announcedBytes(request));
    if (leave === undefined) throw tooManyRequests('Too many writes are under way; try again.');
    // `close` comes after the answer and also when the client goes away before it.
    reply.raw.once('close', leave);
    await Promise.resolve();
  };

  return {
    api: async function api(request, reply) {
      await limitRate(request);
      requireBearerToken(request, ingestToken);
      await enter.call(this, request, reply);
    },
    form: async function form(request, reply) {
      await limitRate(request);
      await enter.call(this, request, reply);
    },
  };
}

/** The size of the body that a request announces; one sent in chunks may take all that its route allows. */
function announcedBytes(request: FastifyRequest): number {
  const length = request.headers['content-length'];
  if (length !== undefined) return Number(length);
  return request.headers['transfer-encoding'] === undefined ? 0 : request.routeOptions.bodyLimit;
}
