import { groupRepairResultSchema, groupRepairSchema } from '@atalaya/contracts';
import { type App } from '../app-types.js';
import { type AuditLog } from '../audit/audit-log.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type WriteGuard } from '../admission/write-guard.js';
import { type Store } from '../store/store-port.js';

const REPAIR_BODY_LIMIT_BYTES = 4 * 1024;

/** `POST /api/v1/repair`: removes what a wrong clock or a wrong token left in a group. */
export function registerRepairRoute(
  app: App,
  { store, guard, audit }: { store: Store; guard: WriteGuard; audit: AuditLog },
): void {
  app.post(
    '/api/v1/repair',
    {
      ...guard.admin,
      bodyLimit: REPAIR_BODY_LIMIT_BYTES,
      schema: {
        tags: ['operations'],
        summary:
          'Repairs a group that was written to under a wrong clock, or with a fencing token that cannot be',
        description:
          'Removes every value later than `after`, and forgets every fencing token newer than `newestToken`. Values ' +
          'that a wrong timestamp had put out of the retention are there again as far as they were not dropped yet.',
        security: [{ token: [] }, {}],
        body: groupRepairSchema,
        response: { 200: groupRepairResultSchema, ...problemResponses(400, 401, 403, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const { group, ...repair } = request.body;
      const removed = await store.repair(group, repair);
      audit.record({
        event: 'repaired',
        key: request.caller?.name,
        address: request.ip,
        group,
        ...repair,
        removed,
      });
      request.log.warn(
        { group, ...repair, removed },
        `group ${group} was repaired: ${removed.measurements} values and ${removed.tokens} tokens were removed`,
      );
      return { group, removed };
    },
  );
}
