import { type HealthRegistry } from '@atalaya/service-kit';
import { type Registry } from 'prom-client';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { HttpProblem } from '../errors/http-problem.js';
import { problemResponses } from './problem-responses.js';

/** Liveness, readiness and metrics. */
export function registerProbeRoutes(
  app: App,
  { health, metrics }: { health: HealthRegistry; metrics: Registry },
): void {
  app.get(
    '/healthz',
    {
      config: { access: 'open' },
      schema: {
        tags: ['operations'],
        summary: 'The process lives',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { access: 'open' },
      schema: {
        tags: ['operations'],
        summary: 'The store answers',
        response: {
          200: z.object({ ready: z.boolean(), checks: z.record(z.string(), z.string()) }),
          ...problemResponses(503),
        },
      },
    },
    async (_request, reply) => {
      const report = await health.report();
      if (!report.ready) {
        throw new HttpProblem({
          status: 503,
          type: 'not-ready',
          detail: 'The service cannot do its work now; see checks.',
          extensions: { ready: false, checks: report.checks },
          headers: { 'retry-after': '2' },
        });
      }
      return reply.header('cache-control', 'no-store').send(report);
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['operations'],
        summary: 'Metrics in the text format of Prometheus',
        response: { 200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type(metrics.contentType)
        .send(await metrics.metrics()),
  );
}
