import { displayDuration } from './format.js';
import { markup, type Markup } from './markup.js';
import { type PageTexts } from './texts/page-texts.js';
import { fill } from './texts/texts.js';

/** A time as people read it, in UTC so that it does not depend on where the server is; a browser makes it local. */
export function timeElement(timestamp: number): Markup {
  const iso = new Date(timestamp).toISOString();
  return markup`<time datetime="${iso}">${readableTime(timestamp)}</time>`;
}

/** How long ago a time was, which a browser keeps up to date. */
export function ageElement(timestamp: number, now: number, texts: PageTexts): Markup {
  const age = displayDuration(Math.max(0, now - timestamp), texts);
  return markup`<span class="age" data-age="${timestamp}">${fill(texts.ago, { age })}</span>`;
}

function readableTime(timestamp: number): string {
  return new Date(timestamp)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
