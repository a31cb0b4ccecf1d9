import { setImmediate } from 'node:timers/promises';
import { groupSchema } from '@atalaya/contracts';
import { type BatchOutcome, StoreRejectedError } from '@atalaya/measurement-store';
import { z } from 'zod';
import { type WriteGuard } from '../admission/write-guard.js';
import { type App } from '../app-types.js';
import { type AuditLog } from '../audit/audit-log.js';
import { problemOf } from '../errors/error-handling.js';
import { HttpProblem, tooManyRequests } from '../errors/http-problem.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type Store } from '../store/store-port.js';
import { BadLineError, parseTicks, type TickLine } from './parse-ticks.js';
import { TICK_FORMATS, type TickFormat } from './tick.js';

const IMPORT_BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Lines, and values, that are stored together. */
const LINES_PER_BATCH = 200;
const VALUES_PER_BATCH = 20_000;

/** Lines that are looked through before others have their turn. */
const LINES_PER_TURN = 200;

const importResultSchema = z.object({
  group: groupSchema,
  ticks: z.int().describe('Ticks of the request'),
  stored: z.int().describe('Ticks that were not there before'),
  unchanged: z.int().describe('Ticks that were there with the same mean'),
  kept: z.int().describe('Ticks that were there with another mean, which was kept'),
  expired: z.int().describe('Ticks older than the retention, which were left out'),
});
type ImportResult = z.infer<typeof importResultSchema>;

/**
 * `POST /api/v1/groups/<group>/import`: what `export` gave, into a group of this or another API. All lines are looked
 * through before the first is stored. A tick is stored once, with its first value, as by any report without a fencing
 * token: to import again changes nothing.
 */
export function registerImportRoute(
  app: App,
  { store, guard, audit }: { store: Store; guard: WriteGuard; audit: AuditLog },
): void {
  let isImporting = false;
  void app.register(async (scope) => {
    // The formats are those of this route alone.
    scope.removeAllContentTypeParsers();
    for (const type of Object.values(TICK_FORMATS)) {
      const options = { parseAs: 'buffer', bodyLimit: IMPORT_BODY_LIMIT_BYTES } as const;
      scope.addContentTypeParser(essenceOf(type), options, (_request, body, done) => {
        done(null, body);
      });
    }
    (scope as App).post(
      '/api/v1/groups/:group/import',
      {
        ...guard.api,
        bodyLimit: IMPORT_BODY_LIMIT_BYTES,
        schema: {
          tags: ['groups'],
          summary: 'Stores the ticks of an export, each once',
          description:
            'The body is what `export` answered, of up to 32 MiB; a longer one is imported in parts. A line that is no ' +
            'tick is refused with its number, before anything is stored. Ticks that are there keep their values. One ' +
            'import at a time; others are answered 429.',
          security: [{ token: [] }, {}],
          params: z.object({ group: groupSchema }),
          consumes: Object.values(TICK_FORMATS).map(essenceOf),
          body: z.unknown(),
          response: {
            200: importResultSchema,
            ...problemResponses(400, 401, 403, 413, 415, 422, 429, 503),
          },
        },
      },
      async (request) => {
        const { group } = request.params;
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const format = formatOf(request.headers['content-type']);
        if (isImporting)
          throw tooManyRequests('Another import is under way; try again when it has ended.', 5);
        isImporting = true;
        try {
          await lookThrough(format, body);
          const result = await storeTicks(store, group, parseTicks(format, body));
          const { stored: imported, kept } = result;
          audit.record({
            event: 'imported',
            key: request.caller?.name,
            address: request.ip,
            group,
            imported,
            kept,
          });
          return result;
        } finally {
          isImporting = false;
        }
      },
    );
    return Promise.resolve();
  });
}

function essenceOf(type: string): string {
  return type.split(';')[0] ?? type;
}

function formatOf(contentType = ''): TickFormat {
  return contentType.toLowerCase().startsWith('text/csv') ? 'csv' : 'jsonl';
}

/** @throws HttpProblem 400 for the first line that is no tick */
async function lookThrough(format: TickFormat, body: Buffer): Promise<void> {
  try {
    let lines = 0;
    for (const all = parseTicks(format, body); all.next().done !== true; lines += 1) {
      if (lines % LINES_PER_TURN === 0) await setImmediate();
    }
    if (lines === 0) throw new BadLineError(1, 'there is no tick');
  } catch (error) {
    if (!(error instanceof BadLineError)) throw error;
    throw new HttpProblem({
      status: 400,
      type: 'bad-line',
      detail: `${error.message}. Nothing was stored.`,
      extensions: { line: error.line },
    });
  }
}

async function storeTicks(store: Store, group: string, lines: Iterable<TickLine>): Promise<ImportResult> {
  const result: ImportResult = { group, ticks: 0, stored: 0, unchanged: 0, kept: 0, expired: 0 };
  for (const batch of batchesOf(lines)) {
    const outcomes = await store.recordAll(batch.map(({ tick }) => ({ group, ...tick })));
    for (const [index, outcome] of outcomes.entries()) note(result, batch[index], outcome);
    await setImmediate();
  }
  return result;
}

function* batchesOf(lines: Iterable<TickLine>): Generator<TickLine[]> {
  let batch: TickLine[] = [];
  let values = 0;
  for (const line of lines) {
    batch.push(line);
    values += 4 + Object.keys(line.tick.sensors ?? {}).length;
    if (batch.length < LINES_PER_BATCH && values < VALUES_PER_BATCH) continue;
    yield batch;
    batch = [];
    values = 0;
  }
  if (batch.length > 0) yield batch;
}

/** @throws HttpProblem of a tick that cannot be stored, with its line and what was stored before */
function note(result: ImportResult, line: TickLine | undefined, outcome: BatchOutcome): void {
  result.ticks += 1;
  if (outcome.outcome === 'stored') result.stored += 1;
  else if (outcome.outcome === 'duplicate') {
    if (outcome.measurement.value === line?.tick.value) result.unchanged += 1;
    else result.kept += 1;
  } else if (outcome.outcome === 'failed') {
    // All values are finite numbers: what the store still refuses for good is too old.
    if (outcome.error instanceof StoreRejectedError) result.expired += 1;
    else throw ofLine(line?.line ?? 0, outcome.error, result);
  }
}

function ofLine(line: number, error: Error, { stored }: ImportResult): HttpProblem {
  const problem = problemOf(error);
  const { detail } = problem.body();
  return new HttpProblem({
    status: problem.statusCode,
    ...(problem.type === undefined ? {} : { type: problem.type }),
    detail: `line ${line}: ${detail} ${stored} ticks were stored before; to import again is safe.`,
    extensions: { line, stored },
    headers: problem.headers,
  });
}
