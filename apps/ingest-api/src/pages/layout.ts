import { markup, type Markup } from './markup.js';
import { type Language, LANGUAGES } from './language.js';
import { fill } from './texts/texts.js';
import { type PageTexts } from './texts/page-texts.js';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What every page knows. */
export interface PageContext {
  group: string;
  language: Language;
  /** Whether the language was asked for in the address, which links then keep. */
  languageAsked: boolean;
  theme: Theme;
  texts: PageTexts;
  hostName: string;
  /** Where keys are in use: who the visitor is to the server; undefined name for nobody. */
  visitor?: { readonly name: string | undefined } | undefined;
  /** The server's clock when the page was asked for, in ms. */
  now: number;
}

/** An address of the app that keeps the group and, where it was asked for, the language. */
export function pageAddress(
  path: string,
  context: Pick<PageContext, 'group' | 'language' | 'languageAsked'>,
  extra: { lang?: Language; [name: string]: string | undefined } = {},
): string {
  const query = new URLSearchParams();
  if (context.group !== 'default') query.set('group', context.group);
  if (context.languageAsked) query.set('lang', context.language);
  for (const [name, value] of Object.entries(extra)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Español' };

export interface Page {
  path: string;
  title: string;
  /** Names it to the script, which brings it to life. */
  name: 'overview' | 'leadership' | 'anomalies' | 'groups' | 'sensor' | 'other';
  refreshSeconds?: number;
}

/** What the styles ask for: named here so that it is on its way before they are read. */
const FONT = 'inter-latin-wght-normal.woff2';

/** A whole page around its content. */
export function layout(page: Page, context: PageContext, content: Markup): string {
  const { language, texts, group, theme } = context;
  return markup`<!doctype html>
    <html lang="${language}"${theme !== 'auto' && markup` data-theme="${theme}"`}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${
          page.refreshSeconds !== undefined &&
          markup`<meta http-equiv="refresh" content="${page.refreshSeconds}" />`
        }
        <title>${page.title}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="preload" href="/assets/${FONT}" as="font" type="font/woff2" crossorigin />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <script type="module" src="/assets/live.js"></script>
      </head>
      <body data-page="${page.name}" data-group="${group}" data-now="${context.now}">
        <a class="skip" href="#main">${texts.skip}</a>
        <header class="top">
          <a class="brand" href="${pageAddress('/', context)}">${TOWER}<span>Atalaya</span></a>
          ${navigation(page, context)}
          ${page.name !== 'other' && markup`<p id="connection" role="status"></p>`}
        </header>
        <main id="main" tabindex="-1">
          <div class="heading">
            <h1>${page.title}</h1>
            <p class="quiet">${fill(texts.server, { host: context.hostName })}</p>
          </div>
          ${content}
        </main>
        ${footer(page, context)}
      </body>
    </html>`.text;
}

const TOWER = markup`<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
  <path d="M11 30V12H8V4h4v3h2V4h4v3h2V4h4v8h-3v18z" fill="currentColor"></path>
  <path class="door" d="M14 30v-7a2 2 0 0 1 4 0v7z"></path>
</svg>`;

function navigation(page: Page, context: PageContext): Markup {
  const { texts } = context;
  const entries = [
    ['overview', '/', texts.overview],
    ['leadership', '/leadership', texts.leadership],
    ['anomalies', '/anomalies', texts.anomalies],
    ['groups', '/groups', texts.groups],
  ] as const;
  return markup`<nav class="pages" aria-label="${texts.pages}">
    ${entries.map(
      ([name, path, text]) =>
        markup`<a href="${pageAddress(path, context)}" ${name === page.name && CURRENT}>${text}</a>`,
    )}
  </nav>`;
}

const CURRENT = markup`aria-current="page"`;
const CHOSEN = markup`aria-current="true"`;

function footer(page: Page, context: PageContext): Markup {
  const { texts, group, language, languageAsked, theme } = context;
  return markup`<footer>
    <form class="group" method="get" action="${page.path}">
      <label>${texts.groupLabel} <input name="group" value="${group}" maxlength="64" required /></label>
      ${languageAsked && markup`<input type="hidden" name="lang" value="${language}" />`}
      <button>${texts.showGroup}</button>
    </form>
    <p class="choice">
      <span>${texts.language}</span>
      ${LANGUAGES.map(
        (other) =>
          markup`<a
            href="${pageAddress(page.path, context, { lang: other })}"
            lang="${other}"
            ${other === language && CHOSEN}
            >${LANGUAGE_NAMES[other]}</a
          >`,
      )}
    </p>
    <p class="choice" id="theme">
      <span>${texts.theme}</span>
      ${THEMES.map(
        (other) =>
          markup`<a
            href="${pageAddress(page.path, context, { theme: other })}"
            data-theme-choice="${other}"
            ${other === theme && CHOSEN}
            >${texts.themes[other]}</a
          >`,
      )}
    </p>
    <p class="choice">
      <a href="/docs">${texts.interface}</a>
      ${context.visitor !== undefined && markup`<a href="${accessAddress(page, context)}">${accessText(context)}</a>`}
    </p>
    <noscript><p class="quiet">${texts.noScript}</p></noscript>
  </footer>`;
}

/** The page of access leads back to this one. */
function accessAddress({ path }: Page, context: PageContext): string {
  const back = path === ACCESS_PATH ? '/' : path;
  return pageAddress(ACCESS_PATH, context, { back: pageAddress(back, context) });
}

function accessText({ texts, visitor }: PageContext): string {
  return visitor?.name === undefined ? texts.access : fill(texts.signedInAs, { name: visitor.name });
}

const ACCESS_PATH = '/session';
