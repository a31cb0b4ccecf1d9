import { groupStatusSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { groupField } from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';

/** `GET /api/v1/status`: who leads a group, and what it found last. */
export function registerStatusRoute(app: App, { store }: { store: Store }): void {
  app.get(
    '/api/v1/status',
    {
      schema: {
        tags: ['status'],
        summary: 'Who leads a group and since when, with the newest tick',
        querystring: z.object({ group: groupField }),
        response: { 200: groupStatusSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request) => store.status(request.query.group),
  );
}
