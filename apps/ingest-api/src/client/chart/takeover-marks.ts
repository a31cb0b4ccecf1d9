import { type Term } from '@atalaya/contracts';
import { type Takeover, takeoverList, takeoversOf } from '../../pages/chart/takeovers.js';
import { texts } from '../texts.js';
import { type TimeMark } from './draw-marks.js';

/** A leader's word on its end may arrive after the first tick of the next one. */
const LOOKS_AT_TAKEOVER = 6;

/** What a chart knows of the terms of leadership, and whether more is to be learnt of the newest takeover. */
export class TakeoverMarks {
  #terms: readonly Term[] = [];
  #token: string | null | undefined;
  #looksLeft = 0;

  /** The terms as they were read, oldest first, in place of those known. */
  set terms(terms: readonly Term[]) {
    this.#terms = terms;
  }

  /** Whether the terms are to be read, now that the newest tick has this token; so many times for each token. */
  wantsLook(token: string | null): boolean {
    if (this.#token !== token) this.#looksLeft = LOOKS_AT_TAKEOVER;
    this.#token = token;
    if (this.#looksLeft === 0 || this.#isKnown(token)) return false;
    this.#looksLeft -= 1;
    return true;
  }

  /** The look failed: it is made again with the next tick. */
  lookFailed(): void {
    this.#looksLeft += 1;
  }

  marks(): TimeMark[] {
    return takeoversOf(this.#terms, 0, Infinity).map((takeover) => ({
      at: takeover.at,
      from: takeover.at - (takeover.term.gapMs ?? 0),
      label: labelOf(takeover),
    }));
  }

  /** The takeovers of a range (both ends included, in ms) as a list, in HTML. */
  listed(from: number, to: number): string {
    return takeoverList(takeoversOf(this.#terms, from, to), texts).text;
  }

  /** Whether nothing more is to be learnt of the newest takeover: it is listed, and how the term before ended was said. */
  #isKnown(token: string | null): boolean {
    const newest = this.#terms.at(-1);
    return newest?.token === token && this.#terms.at(-2)?.inferred !== true;
  }
}

function labelOf({ term, before }: Takeover): string {
  return `${term.leader ?? '–'} · ${texts.ends[before.end ?? 'crashed']}`;
}
