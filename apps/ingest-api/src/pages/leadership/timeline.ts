import { type Term } from '@atalaya/contracts';
import { markup, type Markup } from '../markup.js';
import { type PageTexts } from '../texts/page-texts.js';
import { timeElement } from '../times.js';

const WIDTH = 1_000;
const HEIGHT = 44;
const MIN_BAR = 2;
const SHADES = 5;

/** The terms on one line of time: a bar each, a shade for each leader, marks where one crashed. */
export function timeline(terms: readonly Term[], { texts, now }: { texts: PageTexts; now: number }): Markup {
  const begin = Math.min(...terms.map(startOf));
  const x = (time: number): number => ((time - begin) / Math.max(1, now - begin)) * WIDTH;
  const leaders = [...new Set(terms.map(({ leader }) => leader))];
  return markup`<figure class="timeline">
    <figcaption class="quiet">${texts.timelineHint}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${texts.timeline}">
      ${terms.map((term) => {
        const left = x(startOf(term));
        const width = Math.max(MIN_BAR, x(term.ended ?? now) - left);
        const shade = leaders.indexOf(term.leader) % SHADES;
        return markup`<rect class="shade${shade}" x="${left.toFixed(1)}" y="4" width="${width.toFixed(1)}" height="36">
          <title>${term.leader ?? '–'}</title>
        </rect>`;
      })}
    </svg>
    <p class="scale quiet">${timeElement(begin)}${timeElement(now)}</p>
    <ul class="legend">
      ${leaders.map((leader, at) => markup`<li><span class="swatch shade${at % SHADES}"></span>${leader ?? '–'}</li>`)}
    </ul>
  </figure>`;
}

function startOf({ elected, since }: Term): number {
  return elected ?? since;
}
