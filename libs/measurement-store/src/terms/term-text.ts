import { type LeadershipReport } from '@atalaya/contracts';

/** What a report says of its term, without the candidates, as it is kept. */
export type TermFigures = Omit<LeadershipReport, 'candidates'>;

/** Writes the figures of a term. */
export function termText({ elected, at, leaseMs, intervalMs }: TermFigures): string {
  return [elected, at, leaseMs, intervalMs].join(' ');
}

/** Reads what {@link termText} wrote; undefined for a term whose leader did not say. */
export function parseTermText(text: string | undefined): TermFigures | undefined {
  const [elected, at, leaseMs, intervalMs] = (text ?? '').split(' ').map(Number);
  if (elected === undefined || at === undefined || leaseMs === undefined || intervalMs === undefined) {
    return undefined;
  }
  return { elected, at, leaseMs, intervalMs };
}
