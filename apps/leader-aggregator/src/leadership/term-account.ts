import type { LeadershipReport } from '@atalaya/contracts';
import type { Election, Term } from '@atalaya/coordination';

/** Candidates and ids longer than this are not named; the page shows the front of the queue. */
const MAX_CANDIDATES = 1_000;
const MAX_ID_LENGTH = 128;

/** Ids of other programs' candidates can hold any character; the API takes no control characters. */
function nameOf(id: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced here
  return id.slice(0, MAX_ID_LENGTH).replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** What a leader can say of its term to those who watch: since when, for how long still, and who waits behind it. */
export class TermAccount {
  readonly #term: Pick<Term, 'id' | 'remainingMs'>;
  readonly #election: Pick<Election, 'contenders'>;
  readonly #intervalMs: number;
  readonly #elected = Date.now();
  #candidates: string[];

  constructor(
    term: Pick<Term, 'id' | 'remainingMs'>,
    election: Pick<Election, 'contenders'>,
    intervalMs: number,
  ) {
    this.#term = term;
    this.#election = election;
    this.#intervalMs = intervalMs;
    this.#candidates = [nameOf(term.id)];
  }

  /** Reads the queue of candidates anew. Never rejects: without an answer the last known queue stays. */
  async refresh(signal: AbortSignal): Promise<void> {
    try {
      const contenders = await this.#election.contenders({ signal });
      this.#candidates = contenders
        .filter(({ id }) => id !== '')
        .slice(0, MAX_CANDIDATES)
        .map(({ id }) => nameOf(id));
    } catch {
      // The reading of the sensors reports what is wrong with ZooKeeper.
    }
  }

  /** The account as of now. */
  report(): LeadershipReport {
    return {
      elected: this.#elected,
      at: Date.now(),
      leaseMs: Math.max(0, Math.round(this.#term.remainingMs())),
      intervalMs: this.#intervalMs,
      candidates: this.#candidates,
    };
  }
}
