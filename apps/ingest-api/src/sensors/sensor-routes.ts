import { measurementListSchema, sensorIdSchema, sensorListSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { encodeMeasurements, JSON_CONTENT_TYPE } from '../measurements/encode-measurements.js';
import { nextPageLink } from '../measurements/next-page-link.js';
import { groupField, limitField, seriesQuerySchema } from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';

const MAX_SENSORS = 100_000;

/** The sensors of a group with their last values, and one sensor's own values. */
export function registerSensorRoutes(app: App, { store }: { store: Store }): void {
  app.get(
    '/api/v1/sensors',
    {
      schema: {
        tags: ['sensors'],
        summary: 'The sensors of a group, by id, each with its last value and its state',
        querystring: z.object({ group: groupField, limit: limitField(MAX_SENSORS).optional() }),
        response: { 200: sensorListSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request) => {
      const { group, limit } = request.query;
      const sensors = await store.sensors(group);
      return { group, sensors: limit === undefined ? sensors : sensors.slice(0, limit) };
    },
  );

  app.get(
    '/api/v1/sensors/:id/measurements',
    {
      schema: {
        tags: ['sensors'],
        summary: 'The values of one sensor, oldest first; without `from` the newest',
        params: z.object({ id: sensorIdSchema }),
        querystring: seriesQuerySchema,
        response: { 200: measurementListSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const measurements = await store.sensorMeasurements(id, request.query);
      const path = `/api/v1/sensors/${encodeURIComponent(id)}/measurements`;
      const link = nextPageLink(path, request.query, measurements);
      if (link !== undefined) void reply.header('link', link);
      const text = await encodeMeasurements({ group: request.query.group, measurements });
      return reply.type(JSON_CONTENT_TYPE).send(text);
    },
  );
}
