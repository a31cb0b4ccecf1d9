import type { TickReport } from '@atalaya/contracts';

/** Who sends a report: the fields that depend on the term in which it is sent. */
export type Signature = Required<Pick<TickReport, 'token' | 'ensemble' | 'leader'>> &
  Pick<TickReport, 'leadership'>;

/**
 * The JSON text of a report with its sender. A tick is sent under the token of the term that sends it, not of the one
 * in which it was read, so that a leader can deliver what it, or its predecessor, could not.
 */
export function sign(report: string, signature: Signature): string {
  // Both are texts of non-empty objects: they are joined as text, since a large report would take long to parse again.
  return `${JSON.stringify(signature).slice(0, -1)},${report.slice(1)}`;
}
