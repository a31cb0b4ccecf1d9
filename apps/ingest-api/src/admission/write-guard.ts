import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestAsyncHookHandler,
  type preHandlerHookHandler,
  type preParsingHookHandler,
} from 'fastify';
import { type HttpProblem, tooManyRequests } from '../errors/http-problem.js';
import { type AccessControl } from '../access/access-control.js';
import { type Scope } from '../access/api-key.js';
import { crossSiteProblem, isCrossSite } from '../security/cross-site.js';
import { whenClosed } from '../operations/when-closed.js';
import { type OwnHosts } from '../security/own-hosts.js';
import { type InFlightBound } from './in-flight-bound.js';
import { type IncomingBodies } from './incoming-bodies.js';
import { hasBody } from './late-bodies.js';
import { type RefusalReason, type Refusals } from './refusals.js';

export interface WriteGuardOptions {
  access: AccessControl;
  /** Writes of one client (address) per minute; 0 for no limit. */
  rateLimitPerMinute: number;
  /** Places of writes that are being worked on. */
  places: InFlightBound;
  bodies: IncomingBodies;
  refusals: Refusals;
  /** Names of this server, whose pages may write. */
  hosts: OwnHosts;
}

/**
 * The hooks of a write's route. Before the body is read: the client's rate, its right, and whether there is a place.
 * The place itself is taken when the body has arrived and everything about the request has been checked, so that
 * nobody holds one by sending slowly, or without the right to write.
 */
export interface WriteHooks {
  onRequest: onRequestAsyncHookHandler;
  preParsing: preParsingHookHandler;
  preHandler: preHandlerHookHandler;
}

export interface WriteGuard {
  /** For programs: no page of another site, rate limit of the client, bearer token, bounds: 403, 429, 401, 429. */
  api: WriteHooks;
  /** The same for what takes values away. */
  admin: WriteHooks;
  /** The same without the token: the forms of the pages prove their right in another way, with the body. */
  form: WriteHooks;
}

/** Needs `@fastify/rate-limit` to be registered. */
export function createWriteGuard(app: FastifyInstance, options: WriteGuardOptions): WriteGuard {
  const { access, rateLimitPerMinute, places, bodies, refusals, hosts } = options;
  const checkRate =
    rateLimitPerMinute === 0
      ? undefined
      : app.createRateLimit({ max: rateLimitPerMinute, timeWindow: 60_000 });

  function refused(reason: RefusalReason, request: FastifyRequest, problem: HttpProblem): HttpProblem {
    refusals.count(reason, request.ip);
    return problem;
  }

  function refuseForeignPages(request: FastifyRequest): void {
    if (!isCrossSite(request, hosts)) return;
    throw refused('cross-site', request, crossSiteProblem());
  }

  async function limitRate(request: FastifyRequest): Promise<void> {
    const verdict = await checkRate?.(request);
    if (verdict?.isAllowed === false && verdict.isExceeded) {
      throw refused(
        'rate',
        request,
        tooManyRequests(
          `More than ${verdict.max} writes a minute from one address.`,
          Math.max(1, verdict.ttlInSeconds),
        ),
      );
    }
  }

  function noPlace(request: FastifyRequest): HttpProblem {
    return refused('places', request, tooManyRequests('Too many writes are under way; try again.'));
  }

  const bounds = {
    preParsing: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: null, payload?: never) => void,
    ): void => {
      if (hasBody(request.raw)) {
        const forget = bodies.watch(request.raw, request.ip, () => {
          void reply
            .header('connection', 'close')
            .send(
              refused('bytes', request, tooManyRequests('The requests under way are too large together.')),
            );
        });
        request.forgetBody = forget;
        whenClosed(reply, forget);
      }
      done(null, payload as never);
    },
    preHandler: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
      const leave = places.tryEnter(request.ip);
      if (leave === undefined) {
        done(noPlace(request));
        return;
      }
      whenClosed(reply, leave);
      done();
    },
  };

  const forPrograms = (scope: Scope): WriteHooks => ({
    onRequest: async (request) => {
      refuseForeignPages(request);
      await limitRate(request);
      access.requireKey(request, scope);
      if (!places.hasRoom(request.ip)) throw noPlace(request);
    },
    ...bounds,
  });

  return {
    api: forPrograms('write'),
    admin: forPrograms('admin'),
    form: {
      onRequest: async (request) => {
        refuseForeignPages(request);
        await limitRate(request);
        if (!places.hasRoom(request.ip)) throw noPlace(request);
      },
      ...bounds,
    },
  };
}
