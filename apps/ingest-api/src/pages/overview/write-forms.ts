import { type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { type PageTexts } from '../texts/page-texts.js';

/** The form that inserts a value, and the one that leads to the question whether to clear. */
export function writeForms(
  context: PageContext,
  { csrfToken, asksForToken }: { csrfToken: string; asksForToken: boolean },
): Markup {
  const { texts, group, language, languageAsked } = context;
  const fields = markup`<input type="hidden" name="group" value="${group}" />
    ${languageAsked && markup`<input type="hidden" name="lang" value="${language}" />`}`;
  return markup`<section class="card write" aria-labelledby="write-title">
    <h2 id="write-title">${texts.write}</h2>
    <form method="post" action="/insert">
      <input type="hidden" name="_csrf" value="${csrfToken}" />
      ${fields}
      <label>${texts.valueLabel} <input type="number" name="value" step="any" required /></label>
      ${asksForToken && tokenField(texts)}
      <button class="primary">${texts.insert}</button>
      ${asksForToken && markup`<p id="token-hint" class="quiet">${texts.tokenHint}</p>`}
    </form>
    <form method="get" action="/clear">${fields}<button>${texts.clear}</button></form>
  </section>`;
}

/** Where a token is set and the visitor has no session yet. */
export function tokenField(texts: PageTexts): Markup {
  return markup`<label>
    ${texts.tokenLabel}
    <input type="password" name="token" autocomplete="current-password" aria-describedby="token-hint" required />
  </label>`;
}
