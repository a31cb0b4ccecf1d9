import { Readable } from 'node:stream';
import { groupSchema } from '@atalaya/contracts';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App } from '../app-types.js';
import { RANGE_ORDER_PROBLEM, rangeFields, rangeIsOrdered } from '../measurements/query-fields.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';
import { readTicks } from './read-ticks.js';
import { TICK_FORMATS, type Tick, type TickFormat } from './tick.js';
import { type TickWriter, tickWriter } from './tick-writer.js';

const FORMATS = Object.keys(TICK_FORMATS) as [TickFormat, ...TickFormat[]];

/** `GET /api/v1/groups/<group>/export`: all raw values of a group, sent as they are read and taken. */
export function registerExportRoute(app: App, { store }: { store: Store }): void {
  app.get(
    '/api/v1/groups/:group/export',
    {
      config: { inParts: true },
      // Its length is not known before it is made.
      exposeHeadRoute: false,
      schema: {
        tags: ['groups'],
        summary: 'All raw values of a group up to its newest tick, oldest first, one tick a line',
        description:
          'The values that are kept: means, their figures, and the value of each sensor; what `import` takes. As JSON ' +
          'Lines, each line is a tick as `POST /api/v1/measurements` takes it, without its group. An answer that is ' +
          'cut off has no end: its connection is closed.',
        params: z.object({ group: groupSchema }),
        querystring: z
          .object({ format: z.enum(FORMATS).default('csv'), ...rangeFields })
          .refine(rangeIsOrdered, RANGE_ORDER_PROBLEM),
        response: {
          200: {
            description: 'The ticks',
            content: {
              'text/csv': { schema: z.string() },
              'application/jsonl': { schema: z.string() },
            },
          },
          ...problemResponses(400, 401, 403, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { group } = request.params;
      const { format, from = 0, to = Infinity } = request.query;
      const [newest] = await store.newest(group, 1);
      // Whoever was new after the newest tick has no values up to it.
      const sensorIds = (await store.sensors(group)).map(({ id }) => id);
      const last = Math.min(to, newest?.timestamp ?? -1);
      const parts = readTicks(store, { group, from, to: last, sensorIds });
      // Before the head is sent, so that a store that is away is answered as for any read.
      const first = await parts.next();
      const text = textOf(tickWriter(format, sensorIds), first, parts, request);
      return reply
        .type(TICK_FORMATS[format])
        .header('content-disposition', `attachment; filename="${group}.${format}"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(text, { objectMode: false, highWaterMark: 64 * 1024 }));
    },
  );
}

/** Each part waits for its turn among the reads, as a read of its own would. */
async function* textOf(
  writer: TickWriter,
  first: IteratorResult<Tick[], void>,
  parts: AsyncGenerator<Tick[], void>,
  { readPlace }: FastifyRequest,
): AsyncGenerator<string> {
  yield writer.head;
  for (let part = first; part.done !== true;) {
    yield part.value.map((tick) => writer.write(tick)).join('');
    if ((await readPlace?.again()) === false) return;
    part = await parts.next();
    readPlace?.answered();
  }
}
