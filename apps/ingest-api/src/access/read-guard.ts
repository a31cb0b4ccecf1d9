import { type FastifyInstance, type FastifyReply } from 'fastify';
import { bearerTokenOf } from '../security/bearer-token.js';
import { type PageSessions } from '../security/page-session.js';
import { type AccessControl } from './access-control.js';

/** Where a visitor gives a key. */
export const SESSION_PATH = '/session';

/**
 * Where reads are not open to everybody: lets requests pass that read with a key, by a session or as a bearer token.
 * Holds for every route that does not say otherwise; browsers are led to the page that asks for the key.
 */
export function guardReads(app: FastifyInstance, access: AccessControl, sessions: PageSessions): void {
  if (access.isOpenForReads) return;
  app.addHook('onRequest', (request, reply, done) => {
    const { access: kind } = request.routeOptions.config;
    // Other methods than these are guarded as writes.
    if (kind !== undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
      done();
      return;
    }
    const session = bearerTokenOf(request) === undefined ? sessions.callerOf(request) : undefined;
    if (session?.scopes.includes('read') === true) {
      request.caller = session;
      done();
      return;
    }
    if (bearerTokenOf(request) === undefined && request.headers.accept?.includes('text/html') === true) {
      leadToSession(reply, request.url);
      return;
    }
    try {
      access.requireKey(request, 'read');
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

function leadToSession(reply: FastifyReply, back: string): void {
  const query = new URLSearchParams({ back });
  void reply.header('cache-control', 'no-store').redirect(`${SESSION_PATH}?${query.toString()}`, 303);
}
