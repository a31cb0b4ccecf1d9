import formBody from '@fastify/formbody';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type WriteGuard } from '../admission/write-guard.js';
import { type App } from '../app-types.js';
import { type AuditLog } from '../audit/audit-log.js';
import { type HttpProblem } from '../errors/http-problem.js';
import { pageContextOf } from '../pages/page-context.js';
import { problemPage } from '../pages/problem-page.js';
import { type PageSessions } from '../security/page-session.js';
import { type AccessControl } from './access-control.js';
import { SESSION_PATH } from './read-guard.js';
import { sessionPage } from './session-page.js';

const FORM_BODY_LIMIT_BYTES = 16 * 1024;

export interface SessionRouteDependencies {
  sessions: PageSessions;
  access: AccessControl;
  guard: WriteGuard;
  audit: AuditLog;
  hostName: string;
}

/** `/session`: where a visitor gives a key, and `/session/end`, where it is given back. */
export async function registerSessionRoutes(app: App, dependencies: SessionRouteDependencies): Promise<void> {
  const { sessions, access, guard, audit, hostName } = dependencies;
  const config = {
    access: 'open' as const,
    renderProblem: (problem: HttpProblem, request: FastifyRequest) =>
      problemPage(pageContextOf(request, hostName), problem, '/', false),
  };
  const querySchema = z.looseObject({ back: z.string().optional() });

  app.get(SESSION_PATH, { config, schema: { hide: true, querystring: querySchema } }, (request, reply) => {
    const csrfToken = reply.generateCsrf();
    const page = sessionPage(pageContextOf(request, hostName, sessions.visitorOf(request)), {
      caller: sessions.callerOf(request),
      csrfToken,
      back: ownPath(request.query.back),
      readsAreOpen: access.isOpenForReads,
    });
    return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page);
  });

  await app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    await scope.register(formBody, { bodyLimit: FORM_BODY_LIMIT_BYTES });
    const options = {
      ...guard.form,
      config,
      bodyLimit: FORM_BODY_LIMIT_BYTES,
      schema: { hide: true, body: querySchema },
      preValidation: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
        sessions.requireOwnForm(request, reply, done);
      },
    };
    scope.post(SESSION_PATH, options, async (request, reply) => {
      const { name } = await sessions.signIn(request, reply);
      audit.record({ event: 'signed-in', key: name, address: request.ip });
      return reply.header('cache-control', 'no-store').redirect(ownPath(request.body.back), 303);
    });
    scope.post(`${SESSION_PATH}/end`, options, (request, reply) => {
      audit.record({ event: 'signed-out', key: sessions.callerOf(request)?.name, address: request.ip });
      sessions.signOut(reply);
      return reply.header('cache-control', 'no-store').redirect(SESSION_PATH, 303);
    });
  });
}

/** A path of this server; never an address of another, whoever made the link. */
function ownPath(back: string | undefined): string {
  return back !== undefined && /^\/(?![/\\])[\x21-\x7e]{0,2000}$/.test(back) ? back : '/';
}
