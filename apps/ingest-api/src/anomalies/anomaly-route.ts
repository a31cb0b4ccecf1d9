import { anomalyListSchema, sensorIdSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { tooManyRequests } from '../errors/http-problem.js';
import {
  groupField,
  RANGE_ORDER_PROBLEM,
  rangeFields,
  rangeIsOrdered,
} from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { InFlightBound } from '../admission/in-flight-bound.js';
import { type Store } from '../store/store-port.js';
import { type AnomalyQuery, findAnomalies } from './find-anomalies.js';

/** Each search reads up to half a million values and computes for seconds then; more than a few at a time would hold up the writes. */
const MAX_SEARCHES = 4;

export const anomalyQuerySchema = z
  .object({
    group: groupField,
    ...rangeFields,
    only: z.literal('mean').optional().describe('Only the mean of the group'),
    sensor: sensorIdSchema.optional().describe('Only this sensor; the mean and all sensors without it'),
  })
  .refine(rangeIsOrdered, RANGE_ORDER_PROBLEM);

/** A search for anomalies that is refused (429) while too many are under way. */
export type AnomalySearch = (query: AnomalyQuery) => ReturnType<typeof findAnomalies>;

export function boundedAnomalySearch(store: Store): AnomalySearch {
  const bound = new InFlightBound({ maxRequests: MAX_SEARCHES, maxPerClient: MAX_SEARCHES });
  return async (query) => {
    const leave = bound.tryEnter();
    if (leave === undefined)
      throw tooManyRequests('Too many searches for anomalies are under way; try again.');
    try {
      return await findAnomalies(store, query);
    } finally {
      leave();
    }
  };
}

/** `GET /api/v1/anomalies`: values that are out of line. */
export function registerAnomalyRoute(app: App, { search }: { search: AnomalySearch }): void {
  app.get(
    '/api/v1/anomalies',
    {
      schema: {
        tags: ['anomalies'],
        summary: 'Values out of line with their past or with the other sensors, oldest first',
        description:
          'Without `from` the newest 1,000 ticks are looked at. The detector learns from the values before the range.',
        querystring: anomalyQuerySchema,
        response: { 200: anomalyListSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request) => search(request.query),
  );
}
