import { type Term } from '@atalaya/contracts';

/** What one learns from the terms of a range. Times in ms; null where there is nothing to show. */
export interface TermStatistics {
  takeovers: number;
  longestGapMs: number | null;
  missedTicks: number;
  longestTermMs: number | null;
}

export function termStatistics(terms: readonly Term[], now: number): TermStatistics {
  const gaps = terms.flatMap(({ gapMs }) => gapMs ?? []);
  const lengths = terms.map(({ elected, since, ended }) => (ended ?? now) - (elected ?? since));
  return {
    takeovers: gaps.length,
    longestGapMs: gaps.length === 0 ? null : Math.max(...gaps),
    missedTicks: terms.reduce((sum, { missedTicks }) => sum + (missedTicks ?? 0), 0),
    longestTermMs: lengths.length === 0 ? null : Math.max(...lengths),
  };
}
