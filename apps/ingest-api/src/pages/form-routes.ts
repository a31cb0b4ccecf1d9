import formBody from '@fastify/formbody';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Scope } from '../access/api-key.js';
import { type App } from '../app-types.js';
import { type AuditLog } from '../audit/audit-log.js';
import { type HttpProblem } from '../errors/http-problem.js';
import { groupField } from '../measurements/query-fields.js';
import { finiteDecimalField } from '../reference/detectar-route.js';
import { type PageSessions } from '../security/page-session.js';
import { type WriteGuard } from '../admission/write-guard.js';
import { type Store } from '../store/store-port.js';
import { pageAddress } from './layout.js';
import { pageContextOf } from './page-context.js';
import { problemPage } from './problem-page.js';

const FORM_BODY_LIMIT_BYTES = 16 * 1024;

export interface FormDependencies {
  store: Store;
  sessions: PageSessions;
  guard: WriteGuard;
  audit: AuditLog;
  hostName: string;
}

/** What the form of the page `/` posts to: `/insert` and `/clear`. Both lead back to the page. */
export async function registerFormRoutes(app: App, dependencies: FormDependencies): Promise<void> {
  const { store, sessions, guard, audit, hostName } = dependencies;
  // Its own scope, so that forms are read here and JSON is not.
  await app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    await scope.register(formBody, { bodyLimit: FORM_BODY_LIMIT_BYTES });

    const options = (right: Scope) => ({
      config: {
        renderProblem: (problem: HttpProblem, request: FastifyRequest) =>
          problemPage(pageContextOf(request, hostName), problem, '/', false),
      },
      bodyLimit: FORM_BODY_LIMIT_BYTES,
      ...guard.form,
      preValidation: [
        (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
          sessions.requireOwnForm(request, reply, done);
        },
        async (request: FastifyRequest, reply: FastifyReply) => sessions.authorize(request, reply, right),
      ],
    });
    const backToPage = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply
        .header('cache-control', 'no-store')
        .redirect(pageAddress('/', pageContextOf(request, hostName)), 303);

    const insertSchema = z.looseObject({ group: groupField, value: finiteDecimalField });
    scope.post(
      '/insert',
      { ...options('write'), schema: { hide: true, body: insertSchema } },
      async (request, reply) => {
        const { group, value } = request.body;
        await store.insertNow(group, value);
        audit.record({
          event: 'written-by-hand',
          key: request.caller?.name,
          address: request.ip,
          group,
          value,
        });
        return backToPage(request, reply);
      },
    );

    const clearSchema = z.looseObject({ group: groupField });
    scope.post(
      '/clear',
      { ...options('admin'), schema: { hide: true, body: clearSchema } },
      async (request, reply) => {
        const { group } = request.body;
        await store.clear(group);
        audit.record({ event: 'cleared', key: request.caller?.name, address: request.ip, group });
        return backToPage(request, reply);
      },
    );
  });
}
