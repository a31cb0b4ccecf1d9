import { displayFigure, displayValue } from './format.js';
import { type Language } from './language.js';
import { markup, type Markup } from './markup.js';

/** A value rounded for the eye, with the exact one at hand. */
export function valueElement(value: number, language: Language): Markup {
  const shown = displayValue(value, language);
  return shown === String(value)
    ? markup`${shown}`
    : markup`<data value="${value}" title="${value}">${shown}</data>`;
}

/** The same for a large figure, which keeps its decimals lest it jump. */
export function figureElement(value: number, language: Language): Markup {
  return markup`<data value="${value}" title="${value}">${displayFigure(value, language)}</data>`;
}
