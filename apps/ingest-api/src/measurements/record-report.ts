import { type StoredMeasurement } from '@atalaya/contracts';
import { type RecordOutcome } from '@atalaya/measurement-store';
import { HttpProblem } from '../errors/http-problem.js';

/** The answer to a report that the store has decided on. */
export type ReportAnswer =
  { status: 200 | 201; stored: StoredMeasurement } | { status: 409; problem: HttpProblem };

export function answerToReport(
  group: string,
  token: string | undefined,
  outcome: RecordOutcome,
): ReportAnswer {
  switch (outcome.outcome) {
    case 'stored':
      return { status: 201, stored: { group, ...outcome.measurement } };
    case 'duplicate':
      return { status: 200, stored: { group, ...outcome.measurement } };
    case 'stale-token':
      return { status: 409, problem: staleToken(group, token, outcome.newestToken) };
  }
}

function staleToken(group: string, token: string | undefined, newestToken: string): HttpProblem {
  return new HttpProblem({
    status: 409,
    type: 'stale-token',
    detail: `The token ${token ?? '(none)'} is older than ${newestToken}, the newest of the group ${group}: another leader has taken over.`,
    extensions: { newestToken },
  });
}
