import { groupSchema } from '@atalaya/contracts';
import { type FastifyRequest } from 'fastify';
import { chooseLanguage, LANGUAGES } from './language.js';
import { type PageContext, THEMES } from './layout.js';
import { PAGE_TEXTS } from './texts/texts.js';

/** Cookie of the chosen theme; the page's script reads and writes it too. */
export const THEME_COOKIE = 'atalaya_theme';

/**
 * What a page is about, from the query of a page or the fields of a form. Also for requests that are not valid, since
 * the answer to those is a page, too: what cannot be used is replaced by the default.
 */
export function pageContextOf(
  request: FastifyRequest,
  hostName: string,
  visitor?: PageContext['visitor'],
): PageContext {
  const fields = { ...asRecord(request.query), ...asRecord(request.body) };
  const group = groupSchema.safeParse(fields.group);
  const asked = LANGUAGES.find((language) => language === fields.lang);
  const language = chooseLanguage(asked, request.headers['accept-language']);
  const cookies = asRecord(request.cookies);
  const theme = THEMES.find((one) => one === (fields.theme ?? cookies[THEME_COOKIE])) ?? 'auto';
  return {
    group: group.success ? group.data : 'default',
    language,
    languageAsked: asked !== undefined,
    theme,
    texts: PAGE_TEXTS[language],
    hostName,
    visitor,
    now: Date.now(),
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
