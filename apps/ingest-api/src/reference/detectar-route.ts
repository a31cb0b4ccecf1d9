import { storedMeasurementSchema } from '@atalaya/contracts';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { type AuditLog } from '../audit/audit-log.js';
import { groupField } from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type WriteGuard } from '../admission/write-guard.js';
import { type Store } from '../store/store-port.js';
import { parseFiniteDecimal } from './finite-decimal.js';

/** A finite decimal number in a query or a form. */
export const finiteDecimalField = z
  .string('a number is required')
  .transform((text, context) => {
    const value = parseFiniteDecimal(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'must be a finite decimal number such as 79.5' });
    return z.NEVER;
  })
  .describe('A finite decimal number');

/** `GET /detectar?dato=`: the write of the reference system, for programs that were made for it. */
export function registerDetectarRoute(
  app: App,
  { store, guard, audit }: { store: Store; guard: WriteGuard; audit: AuditLog },
): void {
  app.get(
    '/detectar',
    {
      ...guard.api,
      // A HEAD would store a value, too.
      exposeHeadRoute: false,
      config: { access: 'write' },
      schema: {
        tags: ['measurements'],
        summary: "Stores one value under the server's clock",
        security: [{ token: [] }, {}],
        querystring: z.object({ dato: finiteDecimalField, group: groupField }),
        response: { 200: storedMeasurementSchema, ...problemResponses(400, 401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      const { dato, group } = request.query;
      const measurement = await store.insertNow(group, dato);
      audit.record({
        event: 'written-by-hand',
        key: request.caller?.name,
        address: request.ip,
        group,
        value: dato,
      });
      void reply.header('cache-control', 'no-store');
      return { group, ...measurement };
    },
  );
}
