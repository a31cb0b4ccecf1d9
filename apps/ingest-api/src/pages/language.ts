export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

const DEFAULT_LANGUAGE: Language = 'en';

/** Longer headers are not written by browsers; reading them would only cost time. */
const MAX_HEADER_LENGTH = 1_000;

/**
 * The language of a page: the one that is asked for, else the one that `Accept-Language` (RFC 9110, 12.5.4) prefers,
 * else English.
 */
export function chooseLanguage(asked: string | undefined, acceptLanguage: string | undefined): Language {
  const exact = LANGUAGES.find((language) => language === asked);
  if (exact !== undefined) return exact;
  let best: { language: Language; quality: number } | undefined;
  for (const { range, quality } of parseAcceptLanguage(acceptLanguage ?? '')) {
    const primary = range.split('-')[0];
    const language = range === '*' ? DEFAULT_LANGUAGE : LANGUAGES.find((known) => known === primary);
    if (language !== undefined && quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? DEFAULT_LANGUAGE;
}

function parseAcceptLanguage(header: string): { range: string; quality: number }[] {
  return header
    .slice(0, MAX_HEADER_LENGTH)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return {
        range,
        quality: quality === undefined ? 1 : /^[01](\.\d{0,3})?$/.test(quality) ? Number(quality) : 0,
      };
    });
}
