import { type Language } from '../pages/language.js';
import { PAGE_TEXTS } from '../pages/texts/texts.js';

/** The language of the page, and its texts. */
export const language: Language = document.documentElement.lang === 'es' ? 'es' : 'en';
export const texts = PAGE_TEXTS[language];

/** Whether links name the language, as the page's address does. */
export const languageAsked = new URLSearchParams(location.search).has('lang');
