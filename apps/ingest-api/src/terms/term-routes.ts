import { termEndNoticeSchema, termListSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import {
  groupField,
  RANGE_ORDER_PROBLEM,
  rangeFields,
  rangeIsOrdered,
} from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type WriteGuard } from '../admission/write-guard.js';
import { type Store } from '../store/store-port.js';

const TERMS_PATH = '/api/v1/terms';
const NOTICE_BODY_LIMIT_BYTES = 16 * 1024;

const termQuerySchema = z
  .object({ group: groupField, ...rangeFields })
  .refine(rangeIsOrdered, RANGE_ORDER_PROBLEM);

/** Who led a group, and how its leaders say that their terms ended. */
export function registerTermRoutes(app: App, { store, guard }: { store: Store; guard: WriteGuard }): void {
  app.get(
    TERMS_PATH,
    {
      schema: {
        tags: ['terms'],
        summary: 'Who led a group, term by term, oldest first; those that overlap the range',
        querystring: termQuerySchema,
        response: { 200: termListSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request) => {
      const { group } = request.query;
      const [terms, leadership] = await Promise.all([store.terms(request.query), store.leadership(group)]);
      return { group, terms, leadership };
    },
  );

  app.post(
    TERMS_PATH,
    {
      ...guard.api,
      bodyLimit: NOTICE_BODY_LIMIT_BYTES,
      schema: {
        tags: ['terms'],
        summary: 'A leader says how its term ended',
        description: 'Not fenced: it changes only how the term of that token is described.',
        security: [{ token: [] }, {}],
        body: termEndNoticeSchema,
        response: {
          204: z.undefined().describe('Noted'),
          ...problemResponses(400, 401, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      await store.noteTermEnd(request.body);
      return reply.code(204).send();
    },
  );
}
