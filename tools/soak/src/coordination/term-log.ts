import { type Claim } from './claim.js';

interface TermRecord {
  readonly id: string;
  /** The first moment by which it certainly led. */
  ledByNs: bigint;
  /** The last moment from which on it certainly still led. */
  ledFromNs: bigint;
}

/**
 * A sink that takes only the newest token, and remembers when each term was claimed.
 *
 * The fence alone would hide two leaders at a time, since it refuses one of them. So the claims are compared too: no
 * candidate may still hold that it leads after one with a greater token has.
 */
export class TermLog {
  readonly #terms = new Map<bigint, TermRecord>();
  readonly violations: string[] = [];
  #newest = 0n;
  #newestAtMs = performance.now();
  accepted = 0;
  refused = 0;
  longestPauseMs = 0;

  get terms(): number {
    return this.#terms.size;
  }

  /** The greatest token so far, and when its candidate last claimed it. */
  get latest(): { readonly token: bigint; readonly id: string | undefined; readonly ageMs: number } {
    return {
      token: this.#newest,
      id: this.#terms.get(this.#newest)?.id,
      ageMs: performance.now() - this.#newestAtMs,
    };
  }

  /** The first moment by which the term was certainly claimed, on the machine's monotonic clock. */
  begunNs(token: bigint): bigint | undefined {
    return this.#terms.get(token)?.ledByNs;
  }

  /** Whether the write of this claim is taken; the check and the write are one step. */
  write(claim: Claim): boolean {
    this.#record(claim);
    if (claim.token < this.#newest) {
      this.refused += 1;
      return false;
    }
    const now = performance.now();
    this.longestPauseMs = Math.max(this.longestPauseMs, now - this.#newestAtMs);
    this.#newest = claim.token;
    this.#newestAtMs = now;
    this.accepted += 1;
    return true;
  }

  /** Terms that overlap, in the order of their tokens. */
  overlaps(): string[] {
    const ordered = [...this.#terms].sort(([a], [b]) => (a < b ? 1 : -1));
    const overlaps: string[] = [];
    let next: readonly [bigint, TermRecord] | undefined;
    for (const [token, term] of ordered) {
      if (next && term.ledFromNs > next[1].ledByNs) {
        const byMs = Number(term.ledFromNs - next[1].ledByNs) / 1e6;
        overlaps.push(
          `term ${token} of ${term.id} was claimed ${byMs.toFixed(1)} ms after term ${next[0]} of ${next[1].id} had begun`,
        );
      }
      if (!next || term.ledByNs < next[1].ledByNs) next = [token, term];
    }
    return overlaps;
  }

  #record({ token, id, fromNs, toNs }: Claim): void {
    const term = this.#terms.get(token);
    if (!term) {
      this.#terms.set(token, { id, ledByNs: toNs, ledFromNs: fromNs });
      return;
    }
    if (term.id !== id) this.violations.push(`token ${token} was used by ${term.id} and by ${id}`);
    if (toNs < term.ledByNs) term.ledByNs = toNs;
    if (fromNs > term.ledFromNs) term.ledFromNs = fromNs;
  }
}
