import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { sensorIdSchema } from '@atalaya/contracts';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type AnomalySearch } from '../anomalies/anomaly-route.js';
import { type App } from '../app-types.js';
import { readChart } from '../chart/read-chart.js';
import { type HttpProblem } from '../errors/http-problem.js';
import { listGroups } from '../groups/list-groups.js';
import { groupField } from '../measurements/query-fields.js';
import { readOverview } from '../overview/read-overview.js';
import { type PageSessions } from '../security/page-session.js';
import { type Store } from '../store/store-port.js';
import { anomalyCsv } from './anomalies/anomaly-csv.js';
import { anomaliesPage, anomaliesParts, type AnomalyFilter } from './anomalies/anomalies-page.js';
import { type ChartPicture } from './chart/chart-section.js';
import { RANGE_MS, rangeNamed } from './chart/ranges.js';
import { clearPage } from './clearing/clear-page.js';
import { groupsPage, groupsParts } from './groups/groups-page.js';
import { type PageContext } from './layout.js';
import { leadershipPage, leadershipParts } from './leadership/leadership-page.js';
import { LISTED_MEASUREMENTS } from './overview/listed-measurements.js';
import { overviewPage, overviewParts } from './overview/overview-page.js';
import { readTroubled } from './overview/troubled-sensors.js';
import { pageContextOf, THEME_COOKIE } from './page-context.js';
import { problemPage } from './problem-page.js';
import { sensorPage, sensorParts } from './sensor/sensor-page.js';

/** What is as it is, and what is made by the build: the script and the styles. */
const [PUBLIC, BUILT] = ['../../public/', '../../dist/client/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
) as [string, string];

const MONTH_MS = 30 * 86_400_000;
const YEAR_S = 365 * 86_400;

/** Points of a picture: of a quarter of an hour of ticks all. */
const PICTURE_POINTS = 360;

/** Other fields stay: the language is chosen from `lang`, of which any text is taken. */
export const pageQuerySchema = z.looseObject({ group: groupField });

export interface PageDependencies {
  store: Store;
  sessions: PageSessions;
  search: AnomalySearch;
  hostName: string;
}

/** The pages, and the files that they need. */
export async function registerPageRoutes(app: App, dependencies: PageDependencies): Promise<void> {
  const { store, sessions, search, hostName } = dependencies;
  await app.register(async (scope: App) => {
    // The page that asks for a key looks like the others.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' };
    });
    const assets = { prefix: '/assets/', decorateReply: false };
    // Routes of their own: files that are not compressed are not found in the second of two folders.
    await scope.register(fastifyStatic, { ...assets, root: PUBLIC, wildcard: false });
    await scope.register(fastifyStatic, {
      ...{ ...assets, root: BUILT, preCompressed: true },
      setHeaders: (response) => {
        response.setHeader('vary', 'accept-encoding');
      },
    });
  });

  const renderProblem = (problem: HttpProblem, request: FastifyRequest): string => {
    const path = request.url.split('?')[0] ?? '/';
    return problemPage(pageContextOf(request, hostName), problem, path, true);
  };
  const options = { config: { renderProblem }, schema: { hide: true, querystring: pageQuerySchema } };
  const contextOf = (request: FastifyRequest): PageContext =>
    pageContextOf(request, hostName, sessions.visitorOf(request));
  const picture = async (context: PageContext, query: Fields, sensor?: string): Promise<ChartPicture> => {
    const range = rangeNamed(query.range);
    const { group, now: to } = context;
    const from = Math.max(0, to - RANGE_MS[range]);
    return { series: await readChart(store, { group, sensor, from, to, points: PICTURE_POINTS }), range };
  };

  app.get('/', options, async (request, reply) => {
    const context = contextOf(request);
    const { group } = request.query;
    const limit = LISTED_MEASUREMENTS;
    const isParts = partsAsked(request.query) !== undefined;
    const state = readOverview(store, { group, limit, withSensors: !isParts }).then(async (overview) => ({
      overview,
      troubled: await readTroubled(store, overview.status),
    }));
    if (isParts) return sendPage(reply, context, request, overviewParts(context, await state));
    const from = Math.max(0, context.now - RANGE_MS[rangeNamed(request.query.range)] - MONTH_MS);
    const [{ overview, troubled }, chart, terms] = await Promise.all([
      state,
      picture(context, request.query),
      store.terms({ group, from }),
    ]);
    const csrfToken = reply.generateCsrf();
    const asksForToken = sessions.asksForToken(request);
    const data = { overview, picture: chart, terms, troubled, csrfToken, asksForToken };
    return sendPage(reply, context, request, overviewPage(context, data));
  });

  app.get('/leadership', options, async (request, reply) => {
    const context = contextOf(request);
    const { group } = request.query;
    const [terms, leadership] = await Promise.all([
      store.terms({ group, from: Math.max(0, context.now - MONTH_MS) }),
      store.leadership(group),
    ]);
    const render = partsAsked(request.query) !== undefined ? leadershipParts : leadershipPage;
    return sendPage(reply, context, request, render(context, { terms, leadership }));
  });

  const ofAllGroups = { ...options, config: { ...options.config, leavesOutGroups: true } };
  app.get('/groups', ofAllGroups, async (request, reply) => {
    const context = contextOf(request);
    const render = partsAsked(request.query) !== undefined ? groupsParts : groupsPage;
    const groups = await listGroups(store, request.caller?.groups);
    return sendPage(reply, context, request, render(context, groups));
  });

  const params = z.object({ id: sensorIdSchema });
  app.get('/sensors/:id', { ...options, schema: { ...options.schema, params } }, async (request, reply) => {
    const context = contextOf(request);
    const { group } = request.query;
    const { id } = request.params;
    const parts = partsAsked(request.query);
    const [sensors, status, leadership, { series, range }, mean] = await Promise.all([
      store.sensors(group),
      store.status(group),
      store.leadership(group),
      picture(context, request.query, id),
      picture(context, request.query),
    ]);
    const reading = sensors.find((one) => one.id === id);
    const state = { reading, status, intervalMs: leadership?.intervalMs ?? null, series, mean: mean.series };
    const anomalies =
      parts === 'yes' ? undefined : (await search({ group, sensor: id })).anomalies.toReversed();
    const page =
      parts === undefined
        ? sensorPage(context, { ...state, id, range, anomalies: anomalies ?? [] })
        : sensorParts(context, state, anomalies);
    return sendPage(reply, context, request, page);
  });

  app.get('/anomalies', options, async (request, reply) => {
    const context = contextOf(request);
    const filter = anomalyFilter(request.query);
    const parts = partsAsked(request.query);
    if (parts === 'yes') return sendPage(reply, context, request, '');
    const found = await search({ group: request.query.group, ...filter });
    if (parts === 'all') return sendPage(reply, context, request, anomaliesParts(context, found));
    const chart = await picture(context, request.query);
    return sendPage(reply, context, request, anomaliesPage(context, { found, picture: chart, filter }));
  });

  app.get('/anomalies.csv', options, async (request, reply) => {
    const { anomalies } = await search({ group: request.query.group, ...anomalyFilter(request.query) });
    return reply
      .header('content-disposition', 'attachment; filename="anomalies.csv"')
      .type('text/csv; charset=utf-8')
      .send(anomalyCsv(anomalies));
  });

  app.get('/clear', options, async (request, reply) => {
    const context = contextOf(request);
    const { group } = request.query;
    const [newest, sensors, terms] = await Promise.all([
      store.newest(group, 1),
      store.sensors(group),
      store.terms({ group }),
    ]);
    const extent = {
      measurements: newest.at(-1)?.number ?? 0,
      sensors: sensors.length,
      terms: terms.length,
    };
    const form = { csrfToken: reply.generateCsrf(), asksForToken: sessions.asksForToken(request) };
    return sendPage(reply, context, request, clearPage(context, extent, form));
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** An open page asks for its parts alone: `yes` for those that change with each tick, `all` for the anomalies too. */
function partsAsked(query: Fields): 'yes' | 'all' | undefined {
  return query.parts === 'yes' || query.parts === 'all' ? query.parts : undefined;
}

/** What cannot be read is left out, as an empty field is. */
function anomalyFilter(query: Fields): AnomalyFilter {
  const sensor = sensorIdSchema.safeParse(query.sensor);
  const from = timeOf(query.from) ?? timeOf(query.fromTime);
  const to = timeOf(query.to) ?? timeOf(query.toTime);
  return {
    ...(sensor.success ? { sensor: sensor.data } : {}),
    ...(from !== undefined && (to === undefined || from <= to) ? { from } : {}),
    ...(to === undefined ? {} : { to }),
  };
}

/** Digits are ms; a date and a time without a zone are UTC. */
function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text);
  const time = /^\d{1,15}$/.test(text) ? Number(text) : isTime ? Date.parse(`${text}Z`) : NaN;
  return time >= 0 ? time : undefined;
}

function sendPage(
  reply: FastifyReply,
  { theme }: PageContext,
  request: FastifyRequest,
  page: string,
): FastifyReply {
  const asked = (request.query as Fields).theme;
  // The page's script changes it too, so it is not http-only.
  if (asked === theme)
    void reply.setCookie(THEME_COOKIE, theme, { path: '/', sameSite: 'lax', maxAge: YEAR_S });
  return reply
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language, cookie')
    .type('text/html; charset=utf-8')
    .send(page);
}
