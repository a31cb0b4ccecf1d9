import { z } from 'zod';
import { type Refusals } from '../admission/refusals.js';
import { type App } from '../app-types.js';
import { unavailable } from '../errors/http-problem.js';
import { groupField } from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { isEventId } from './event-id.js';
import { whenClosed } from '../operations/when-closed.js';
import { type StreamHub } from './stream-hub.js';

/** `GET /api/v1/stream`: a group's events as they happen. */
export function registerStreamRoute(
  app: App,
  { hub, refusals }: { hub: StreamHub; refusals: Refusals },
): void {
  app.get(
    '/api/v1/stream',
    {
      // A HEAD would never end.
      exposeHeadRoute: false,
      config: { endless: true },
      schema: {
        tags: ['stream'],
        summary: 'Server-Sent Events of a group: measurement, status, cleared',
        description:
          'Resumes after the event that the header `Last-Event-ID` names. A client that reads too slowly is cut. ' +
          'Beside these, an event `store` without an id, `{"available": false}` or `true`, says when the store ' +
          'of measurements goes away and when it is back.',
        querystring: z.object({ group: groupField }),
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } },
          ...problemResponses(400, 503),
        },
      },
    },
    (request, reply) => {
      const leave = hub.tryEnter(request.ip);
      if (leave === undefined) {
        refusals.count('streams', request.ip);
        throw unavailable('No more clients of the stream are taken now, of this address or of all.', {
          retryAfterSeconds: 5,
        });
      }
      whenClosed(reply, leave);
      const lastEventId = request.headers['last-event-id'];
      const afterId = typeof lastEventId === 'string' && isEventId(lastEventId) ? lastEventId : undefined;
      reply.hijack();
      hub.connect(reply.raw, reply.getHeaders(), request.query.group, afterId);
    },
  );
}
