import { groupSummaryListSchema } from '@atalaya/contracts';
import { type App } from '../app-types.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';
import { listGroups } from './list-groups.js';

/** `GET /api/v1/groups`: which groups there are, each at a glance; of those that a key is for, where it is not for all. */
export function registerGroupRoutes(app: App, { store }: { store: Store }): void {
  app.get(
    '/api/v1/groups',
    {
      config: { leavesOutGroups: true },
      schema: {
        tags: ['groups'],
        summary: 'The groups, each with its newest mean, its leader and the sensors in trouble',
        response: { 200: groupSummaryListSchema, ...problemResponses(429, 503) },
      },
    },
    async ({ caller }) => ({ groups: await listGroups(store, caller?.groups) }),
  );
}
