import { overviewSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { groupField, limitField } from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';
import { readOverview } from './read-overview.js';

const MAX_MEASUREMENTS = 100;

/** `GET /api/v1/overview`: what a page needs to go on after a tick. */
export function registerOverviewRoute(app: App, { store }: { store: Store }): void {
  app.get(
    '/api/v1/overview',
    {
      schema: {
        tags: ['status'],
        summary: 'Status, leadership, newest measurements and sensors of a group in one answer',
        querystring: z.object({
          group: groupField,
          limit: limitField(MAX_MEASUREMENTS).default(2),
          sensors: z
            .enum(['true', 'false'])
            .default('false')
            .describe('With the sensors and their last values'),
        }),
        response: { 200: overviewSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request) => {
      const { group, limit, sensors } = request.query;
      return readOverview(store, { group, limit, withSensors: sensors === 'true' });
    },
  );
}
