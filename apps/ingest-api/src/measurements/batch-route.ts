import {
  type BatchResult,
  batchResultListSchema,
  MAX_BATCH_REPORTS,
  measurementBatchSchema,
  type TickReport,
  tickReportSchema,
} from '@atalaya/contracts';
import { type BatchOutcome } from '@atalaya/measurement-store';
import { z } from 'zod';
import { mayDo } from '../access/key-ring.js';
import { type App } from '../app-types.js';
import { problemOf } from '../errors/error-handling.js';
import { HttpProblem, unavailable } from '../errors/http-problem.js';
import { invalidPart, validateRequestPart } from '../errors/request-validation.js';
import { type IngestMetrics } from '../operations/ingest-metrics.js';
import { problemResponses } from '../operations/problem-responses.js';
import { type WriteGuard } from '../admission/write-guard.js';
import { type Store } from '../store/store-port.js';
import { MEASUREMENTS_PATH } from './measurement-routes.js';
import { answerToReport } from './record-report.js';

const BATCH_BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** The batch itself; each report is parsed on its own, so that a wrong one does not keep the others out. */
const envelopeSchema = z.object({ reports: z.array(z.unknown()).min(1).max(MAX_BATCH_REPORTS) });

/** `POST /api/v1/measurements/batch`: many reports in one request, each with a result of its own. */
export function registerBatchRoute(
  app: App,
  { store, guard, metrics }: { store: Store; guard: WriteGuard; metrics: IngestMetrics },
): void {
  app.post(
    `${MEASUREMENTS_PATH}/batch`,
    {
      ...guard.api,
      bodyLimit: BATCH_BODY_LIMIT_BYTES,
      validatorCompiler: (route) =>
        validateRequestPart({ ...route, schema: route.httpPart === 'body' ? envelopeSchema : z.unknown() }),
      schema: {
        tags: ['measurements'],
        summary: `Stores up to ${MAX_BATCH_REPORTS} reports, in their order`,
        security: [{ token: [] }, {}],
        body: measurementBatchSchema,
        response: {
          200: batchResultListSchema.describe('For each report what it would have been answered alone'),
          ...problemResponses(400, 401, 403, 413, 415, 429, 503),
        },
      },
    },
    async (request) => {
      const { reports } = request.body as z.output<typeof envelopeSchema>;
      const { caller } = request;
      const parsed = reports.map((report) => tickReportSchema.safeParse(report));
      const isAllowed = ({ group }: TickReport): boolean =>
        caller === undefined || mayDo(caller, 'write', group);
      const valid = parsed.flatMap((result) =>
        result.success && isAllowed(result.data) ? [result.data] : [],
      );
      const outcomes = valid.length === 0 ? [] : await store.recordAll(valid);
      countOutcomes(metrics, outcomes);
      const [first] = outcomes;
      if (first?.outcome === 'failed' && outcomes.every(isUnavailable)) throw first.error;
      let next = 0;
      const results = parsed.map((result): BatchResult => {
        if (!result.success) return failed(invalidPart('body', result.error));
        if (!isAllowed(result.data)) return failed(otherGroup(result.data.group));
        const outcome = outcomes[next];
        next += 1;
        return outcome === undefined
          ? failed(unavailable('The store did not answer for this report.'))
          : resultOf(result.data, outcome);
      });
      return { results };
    },
  );
}

function countOutcomes({ reports }: IngestMetrics, outcomes: readonly BatchOutcome[]): void {
  const counts = new Map<string, number>();
  for (const { outcome } of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  for (const [outcome, count] of counts) reports.inc({ outcome }, count);
}

function isUnavailable(outcome: BatchOutcome): boolean {
  return outcome.outcome === 'failed' && problemOf(outcome.error).statusCode === 503;
}

function resultOf(report: TickReport, outcome: BatchOutcome): BatchResult {
  if (outcome.outcome === 'failed') return failed(problemOf(outcome.error));
  const answer = answerToReport(report.group, report.token, outcome);
  return answer.status === 409 ? failed(answer.problem) : { status: answer.status, ...answer.stored };
}

function otherGroup(group: string): HttpProblem {
  const detail = `The key is not for the group ${group}.`;
  return new HttpProblem({ status: 403, type: 'key-not-sufficient', detail });
}

function failed(problem: HttpProblem): BatchResult {
  return { status: problem.statusCode, problem: problem.body() };
}
