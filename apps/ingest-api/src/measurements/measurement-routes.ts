import { measurementListSchema, storedMeasurementSchema, tickReportSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { type AuditLog } from '../audit/audit-log.js';
import { problemResponses } from '../operations/problem-responses.js';
import { createTickClock, type IngestMetrics } from '../operations/ingest-metrics.js';
import { type WriteGuard } from '../admission/write-guard.js';
import { type Store } from '../store/store-port.js';
import { encodeMeasurements, JSON_CONTENT_TYPE } from './encode-measurements.js';
import { nextPageLink } from './next-page-link.js';
import { groupField, seriesQuerySchema } from './query-fields.js';
import { answerToReport } from './record-report.js';

/** Fits a report of as many sensors as there may be, with ids of up to 128 characters of any kind. */
const REPORT_BODY_LIMIT_BYTES = 8 * 1024 * 1024;

export const MEASUREMENTS_PATH = '/api/v1/measurements';

/** `POST`, `GET` and `DELETE` of a group's means. */
export function registerMeasurementRoutes(
  app: App,
  {
    store,
    guard,
    metrics,
    audit,
  }: { store: Store; guard: WriteGuard; metrics: IngestMetrics; audit: AuditLog },
): void {
  const noteTick = createTickClock(metrics);
  app.post(
    MEASUREMENTS_PATH,
    {
      ...guard.api,
      bodyLimit: REPORT_BODY_LIMIT_BYTES,
      schema: {
        tags: ['measurements'],
        summary: 'Stores the mean of a tick, and the values that it is of',
        security: [{ token: [] }, {}],
        body: tickReportSchema,
        response: {
          201: storedMeasurementSchema.describe('Stored'),
          200: storedMeasurementSchema.describe('The tick was stored before: the value that is kept'),
          ...problemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const report = request.body;
      const outcome = await store.record(report);
      metrics.reports.inc({ outcome: outcome.outcome });
      if (outcome.outcome === 'stored') noteTick(report.timestamp);
      const answer = answerToReport(report.group, report.token, outcome);
      if (answer.status === 409) throw answer.problem;
      return reply.code(answer.status).send(answer.stored);
    },
  );

  app.get(
    MEASUREMENTS_PATH,
    {
      schema: {
        tags: ['measurements'],
        summary: 'The means of a group, oldest first; without `from` the newest',
        querystring: seriesQuerySchema,
        response: {
          200: measurementListSchema.describe('A `Link` header with rel="next" names the values after these'),
          ...problemResponses(400, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const measurements = await store.measurements(request.query);
      const link = nextPageLink(MEASUREMENTS_PATH, request.query, measurements);
      if (link !== undefined) void reply.header('link', link);
      const text = await encodeMeasurements({ group: request.query.group, measurements });
      return reply.type(JSON_CONTENT_TYPE).send(text);
    },
  );

  app.delete(
    MEASUREMENTS_PATH,
    {
      ...guard.admin,
      schema: {
        tags: ['measurements'],
        summary: 'Clears a group: its means, its sensors and its status',
        security: [{ token: [] }, {}],
        querystring: z.object({ group: groupField }),
        response: { 204: z.undefined().describe('Cleared'), ...problemResponses(400, 401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      const { group } = request.query;
      await store.clear(group);
      audit.record({ event: 'cleared', key: request.caller?.name, address: request.ip, group });
      return reply.code(204).send();
    },
  );
}
