import { type Term, type TermEnd } from '@atalaya/contracts';
import { type TermFigures } from './term-text.js';

/** A term as it is kept. */
export interface KeptTerm {
  readonly token: string;
  readonly ensemble: string;
  readonly leader: string;
  /** First and newest tick in ms. */
  readonly since: number;
  readonly last: number;
  readonly figures: TermFigures | undefined;
}

/** What a leader said of its end. */
export interface KeptEnd {
  readonly token: string;
  readonly ensemble: string;
  readonly end: TermEnd;
  readonly ended: number;
}

/**
 * The history of a group's leadership from the terms that are over, what leaders said of their ends, and the current
 * term, each oldest first.
 *
 * A term whose leader said nothing of its end is inferred to have crashed, save where the same candidate leads next: it
 * lived on, thus lost its session. It ended at the earliest when its last report was sent; from there to the next
 * election nobody led, at most.
 */
export function termHistory(
  over: readonly KeptTerm[],
  ends: readonly KeptEnd[],
  current: KeptTerm | undefined,
): Term[] {
  const said = new Map(ends.map((end) => [identityOf(end), end]));
  const terms = joined(current === undefined ? over : [...over, current]);
  let before: { term: KeptTerm; ended: number } | undefined;
  return terms.map((term, index) => {
    const next = terms[index + 1];
    const notice = said.get(identityOf(term));
    const isOver = next !== undefined || notice !== undefined;
    const ended = notice?.ended ?? term.figures?.at ?? term.last;
    const start = term.figures?.elected ?? term.since;
    const gapMs = before === undefined ? null : Math.max(0, start - before.ended);
    const missedTicks = before === undefined ? null : missedBetween(before.term, term);
    before = { term, ended };
    return {
      leader: term.leader === '' ? null : term.leader,
      token: term.token,
      elected: term.figures?.elected ?? null,
      since: term.since,
      last: term.last,
      ended: isOver ? ended : null,
      end: isOver ? (notice?.end ?? (next?.leader === term.leader ? 'session-lost' : 'crashed')) : null,
      inferred: isOver && notice === undefined,
      gapMs,
      missedTicks,
    };
  });
}

function identityOf({ token, ensemble }: { token: string; ensemble: string }): string {
  return `${ensemble} ${token}`;
}

/** Writes of others between two reports of a leader part its term; here the parts are one again. */
function joined(terms: readonly KeptTerm[]): KeptTerm[] {
  const byIdentity = new Map<string, KeptTerm>();
  for (const term of terms) {
    const known = byIdentity.get(identityOf(term));
    byIdentity.set(identityOf(term), known === undefined ? term : { ...term, since: known.since });
  }
  return [...byIdentity.values()];
}

function missedBetween(before: KeptTerm, term: KeptTerm): number | null {
  const intervalMs = term.figures?.intervalMs ?? before.figures?.intervalMs;
  if (intervalMs === undefined) return null;
  return Math.max(0, Math.round((term.since - before.last) / intervalMs) - 1);
}
