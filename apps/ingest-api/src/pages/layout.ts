import { markup, type Markup } from './markup.js';
import { type Language, LANGUAGES } from './language.js';
import { fill, type PageTexts } from './texts.js';

/** What every page knows. */
export interface PageContext {
  group: string;
  language: Language;
  /** Whether the language was asked for in the address, which links then keep. */
  languageAsked: boolean;
  texts: PageTexts;
  hostName: string;
}

/** An address of the app that keeps the group and, where it was asked for, the language. */
export function pageAddress(path: string, context: PageContext, language?: Language): string {
  const query = new URLSearchParams();
  if (context.group !== 'default') query.set('group', context.group);
  if (language !== undefined || context.languageAsked) query.set('lang', language ?? context.language);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' };

/** A whole page around its content. */
export function layout(
  page: { path: string; title: string; script?: string; refreshSeconds?: number },
  context: PageContext,
  content: Markup,
): string {
  const { language, texts, group } = context;
  const languageLinks = LANGUAGES.map(
    (other) =>
      markup`<a href="${pageAddress(page.path, context, other)}" lang="${other}">${LANGUAGE_NAMES[other]}</a> `,
  );
  return markup`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${
          page.refreshSeconds !== undefined &&
          markup`<meta http-equiv="refresh" content="${page.refreshSeconds}" />`
        }
        <title>${page.title}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        ${page.script !== undefined && markup`<script type="module" src="${page.script}"></script>`}
      </head>
      <body>
        <header>
          <h1>${page.title}</h1>
          <p>${fill(texts.server, { host: context.hostName })}</p>
          <form class="group" method="get" action="${page.path}">
            <label>${texts.groupLabel} <input name="group" value="${group}" maxlength="64" required /></label>
            ${context.languageAsked && markup`<input type="hidden" name="lang" value="${language}" />`}
            <button>${texts.showGroup}</button>
          </form>
          <p class="languages">${languageLinks}</p>
        </header>
        <main>${content}</main>
      </body>
    </html>`.text;
}

/** A time as people read it, always in UTC so that it does not depend on where the server is. */
export function timeElement(timestamp: number): Markup {
  const iso = new Date(timestamp).toISOString();
  return markup`<time datetime="${iso}">${readableTime(timestamp)}</time>`;
}

function readableTime(timestamp: number): string {
  return new Date(timestamp)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
