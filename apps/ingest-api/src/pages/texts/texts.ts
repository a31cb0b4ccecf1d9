import { type Language } from '../language.js';
import { ENGLISH } from './english.js';
import { type PageTexts } from './page-texts.js';
import { SPANISH } from './spanish.js';

export const PAGE_TEXTS: Readonly<Record<Language, PageTexts>> = { en: ENGLISH, es: SPANISH };

/** Puts values into the places of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
