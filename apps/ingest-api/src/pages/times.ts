import { displayAge } from './format.js';
import { markup, type Markup } from './markup.js';
import { type PageTexts } from './texts/page-texts.js';

/** A time as people read it, in UTC so that it does not depend on where the server is; a browser makes it local. */
export function timeElement(timestamp: number): Markup {
  const iso = new Date(timestamp).toISOString();
  return markup`<time datetime="${iso}">${readableTime(timestamp)}</time>`;
}

/** How long ago a time was, which a browser keeps up to date. */
export function ageElement(timestamp: number, now: number, texts: PageTexts): Markup {
  return markup`<span class="age" data-age="${timestamp}">${displayAge(now - timestamp, texts)}</span>`;
}

function readableTime(timestamp: number): string {
  return new Date(timestamp)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** A text with a time in the place `{since}` or `{time}`: the time is an element of its own. */
export function textWithTime(text: string, timestamp: number): Markup {
  const parts = text
    .split(/(\{(?:since|time)\})/)
    .map((part) => (/^\{\w+\}$/.test(part) ? timeElement(timestamp) : markup`${part}`));
  return markup`${parts}`;
}
