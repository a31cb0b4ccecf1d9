import { chartSeriesSchema, sensorIdSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import {
  groupField,
  limitField,
  RANGE_ORDER_PROBLEM,
  rangeFields,
  rangeIsOrdered,
} from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';
import { readChart } from './read-chart.js';

const DEFAULT_RANGE_MS = 15 * 60_000;
const DEFAULT_POINTS = 720;
const MAX_POINTS = 4_000;

const chartQuerySchema = z
  .object({
    group: groupField,
    sensor: sensorIdSchema.optional().describe('This sensor; the mean of the group without it'),
    ...rangeFields,
    points: limitField(MAX_POINTS).default(DEFAULT_POINTS),
  })
  .refine(rangeIsOrdered, RANGE_ORDER_PROBLEM);

/** `GET /api/v1/chart`: a curve with its band, in as many points as can be told apart. */
export function registerChartRoute(app: App, { store }: { store: Store }): void {
  app.get(
    '/api/v1/chart',
    {
      schema: {
        tags: ['measurements'],
        summary: 'A curve with its band of lowest and highest values, in columns, for a chart',
        description:
          'Without `to` up to now, without `from` the 15 minutes before. Longer ranges come in buckets of up to a day, ' +
          'so that there are about `points` of them at most.',
        querystring: chartQuerySchema,
        response: { 200: chartSeriesSchema, ...problemResponses(400, 429, 503) },
      },
    },
    async (request) => {
      const { to = Date.now(), from = Math.max(0, to - DEFAULT_RANGE_MS), ...query } = request.query;
      return readChart(store, { ...query, from: Math.min(from, to), to });
    },
  );
}
