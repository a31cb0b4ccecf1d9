import type { LeaderWork, Term } from '../../src/index.js';

/** Work that lasts as long as its term, and keeps the terms it was given. */
export class TermRecorder {
  readonly terms: Term[] = [];

  readonly work: LeaderWork = async (term) => {
    this.terms.push(term);
    await ended(term);
  };

  /** The latest term. */
  get last(): Term {
    const last = this.terms.at(-1);
    if (!last) throw new Error('There was no term yet');
    return last;
  }

  get active(): Term[] {
    return this.terms.filter((term) => !term.signal.aborted);
  }
}

/** Resolves at the end of the term. */
export function ended(term: Term): Promise<void> {
  return new Promise((resolve) => {
    if (term.signal.aborted) resolve();
    term.signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** Why the term ended. */
export function reasonOf(term: Term): unknown {
  return (term.signal.reason as { reason?: unknown } | undefined)?.reason;
}
