import { displayCount } from '../format.js';
import { layout, pageAddress, type PageContext } from '../layout.js';
import { markup } from '../markup.js';
import { tokenField } from '../overview/write-forms.js';
import { fill } from '../texts/texts.js';

/** What clearing a group removes. */
export interface ClearingExtent {
  measurements: number;
  sensors: number;
  terms: number;
}

/** The page `/clear`: says what will be removed, and asks. */
export function clearPage(
  context: PageContext,
  extent: ClearingExtent,
  { csrfToken, asksForToken }: { csrfToken: string; asksForToken: boolean },
): string {
  const { texts, group, language, languageAsked } = context;
  const counts = [extent.measurements, extent.sensors, extent.terms];
  const items = texts.clearItems.map(
    (text, index) => markup`<li>${fill(text, { count: displayCount(counts[index] ?? 0, language) })}</li>`,
  );
  return layout(
    { path: '/clear', title: fill(texts.clearTitle, { group }), name: 'other' },
    context,
    markup`<section class="card ask">
      <p>${fill(texts.clearWarning, { group })}</p>
      <ul id="clear-extent">${items}</ul>
      <p class="quiet">${texts.clearKept}</p>
      <form method="post" action="/clear">
        <input type="hidden" name="_csrf" value="${csrfToken}" />
        <input type="hidden" name="group" value="${group}" />
        ${languageAsked && markup`<input type="hidden" name="lang" value="${language}" />`}
        ${asksForToken && tokenField(texts)}
        <button class="danger">${texts.clearConfirm}</button>
        <a class="button" href="${pageAddress('/', context)}">${texts.clearCancel}</a>
        ${asksForToken && markup`<p id="token-hint" class="quiet">${texts.tokenHint}</p>`}
      </form>
    </section>`,
  );
}
