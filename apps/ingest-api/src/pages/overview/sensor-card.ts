import { type SensorReading, type SensorState } from '@atalaya/contracts';
import { pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { ageElement } from '../times.js';
import { valueElement } from '../values.js';

export type CardContext = Pick<PageContext, 'group' | 'language' | 'languageAsked' | 'texts' | 'now'>;

/** Sensors that the server shows; the page's script shows more as they are scrolled to. */
export const LISTED_SENSORS = 60;

/** A sensor at a glance: last value, spark line, age and state. The page's script makes cards with this, too. */
export function sensorCard(context: CardContext, reading: SensorReading): Markup {
  const { id, value, timestamp, state } = reading;
  const { texts, language, now } = context;
  return markup`<li class="sensor ${state}" data-id="${id}">
    <a href="${pageAddress(`/sensors/${encodeURIComponent(id)}`, context)}">${id}</a>
    <span class="reading">${value === null ? '–' : valueElement(value, language)}</span>
    <span class="spark" aria-hidden="true"></span>
    <span class="state ${state}">${texts.states[state]}</span>
    <span class="quiet">${timestamp === null ? texts.neverValue : ageElement(timestamp, now, texts)}</span>
  </li>`;
}

const STATE_ORDER: Readonly<Record<SensorState, number>> = { invalid: 0, stale: 1, gone: 2, ok: 3 };

/** Those in trouble first, then by id. */
export function byTrouble(a: SensorReading, b: SensorReading): number {
  return STATE_ORDER[a.state] - STATE_ORDER[b.state] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
