import { type Term } from '@atalaya/contracts';
import { displayDuration } from '../format.js';
import { markup, type Markup } from '../markup.js';
import { type PageTexts } from '../texts/page-texts.js';
import { fill } from '../texts/texts.js';
import { timeElement } from '../times.js';

/** A takeover: the term that began, and the one before it. */
export interface Takeover {
  at: number;
  term: Term;
  before: Term;
}

/** The takeovers within a range (both ends included, in ms), oldest first. */
export function takeoversOf(terms: readonly Term[], from: number, to: number): Takeover[] {
  return terms.flatMap((term, index) => {
    const before = terms[index - 1];
    const at = term.elected ?? term.since;
    return before === undefined || at < from || at > to ? [] : [{ at, term, before }];
  });
}

/** Who took over from whom, why, and for how long nobody led. */
export function takeoverList(takeovers: readonly Takeover[], texts: PageTexts): Markup {
  if (takeovers.length === 0) return markup`<p class="empty">${texts.noTakeovers}</p>`;
  return markup`<ol class="takeovers">
    ${takeovers.map((takeover) => takeoverItem(takeover, texts)).reverse()}
  </ol>`;
}

function takeoverItem({ at, term, before }: Takeover, texts: PageTexts): Markup {
  const end = before.end ?? 'crashed';
  const gap = displayDuration(term.gapMs ?? 0, texts);
  const isSame = term.leader !== null && term.leader === before.leader;
  const sentence = fill(isSame ? texts.ledAgain : texts.takeover, {
    leader: nameOf(term),
    before: nameOf(before),
    end: texts.ends[end],
  });
  return markup`<li class="takeover" data-end="${end}" data-token="${term.token}">
    <p><strong>${sentence}</strong> ${timeElement(at)}</p>
    <p class="quiet">
      ${before.leader ?? '–'}: ${texts.endsLong[end]}${before.inferred && markup` (${texts.inferred})`} ·
      ${fill(before.inferred ? texts.gapInferred : texts.gapReported, { gap })}
      ${term.missedTicks !== null && markup`· ${missedText(term.missedTicks, texts)}`}
    </p>
  </li>`;
}

function missedText(count: number, texts: PageTexts): string {
  if (count === 0) return texts.noneMissed;
  return count === 1 ? texts.oneMissed : fill(texts.missed, { count });
}

function nameOf({ leader }: Term): string {
  return leader ?? '–';
}
