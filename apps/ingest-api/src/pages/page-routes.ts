import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type AnomalySearch } from '../anomalies/anomaly-route.js';
import { type App } from '../app-types.js';
import { type HttpProblem } from '../errors/http-problem.js';
import { groupField } from '../measurements/query-fields.js';
import { type PageSessions } from '../security/page-session.js';
import { type Store } from '../store/store-port.js';
import { anomaliesPage } from './anomalies-page.js';
import { LISTED_MEASUREMENTS, measurementsPage } from './measurements-page.js';
import { pageContextOf } from './page-context.js';
import { problemPage } from './problem-page.js';

const ASSETS = fileURLToPath(new URL('../../public/', import.meta.url));

/** Other fields stay: the language is chosen from `lang`, of which any text is taken. */
export const pageQuerySchema = z.looseObject({ group: groupField });

export interface PageDependencies {
  store: Store;
  sessions: PageSessions;
  search: AnomalySearch;
  hostName: string;
}

/** The pages `/` and `/anomalies`, and the files that they need. */
export async function registerPageRoutes(app: App, dependencies: PageDependencies): Promise<void> {
  const { store, sessions, search, hostName } = dependencies;
  await app.register(fastifyStatic, { root: ASSETS, prefix: '/assets/', decorateReply: false });

  const renderProblem = (problem: HttpProblem, request: FastifyRequest): string => {
    const path = request.routeOptions.url === '/anomalies' ? '/anomalies' : '/';
    return problemPage(pageContextOf(request, hostName), problem, path, true);
  };
  const options = { config: { renderProblem }, schema: { hide: true, querystring: pageQuerySchema } };

  app.get('/', options, async (request, reply) => {
    const context = pageContextOf(request, hostName);
    const { group } = request.query;
    const [measurements, status, sensors] = await Promise.all([
      store.newest(group, LISTED_MEASUREMENTS),
      store.status(group),
      store.sensors(group),
    ]);
    const csrfToken = reply.generateCsrf();
    const asksForToken = sessions.asksForToken(request);
    return sendPage(
      reply,
      measurementsPage(context, { measurements, status, sensors, csrfToken, asksForToken }),
    );
  });

  app.get('/anomalies', options, async (request, reply) => {
    const found = await search({ group: request.query.group });
    return sendPage(reply, anomaliesPage(pageContextOf(request, hostName), found));
  });
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language, cookie')
    .type('text/html; charset=utf-8')
    .send(page);
}
