import { type Overview } from '@atalaya/contracts';
import { type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { byTrouble, sensorCard } from './sensor-card.js';

/** Sensors that the server shows; the page's script shows all. */
const LISTED_SENSORS = 60;

/** The sensors as cards, those in trouble first. */
export function sensorSection(context: PageContext, { sensors }: Overview): Markup {
  const { texts } = context;
  const all = [...(sensors ?? [])].sort(byTrouble);
  const shown = all.slice(0, LISTED_SENSORS);
  return markup`<section id="sensor-section" aria-labelledby="sensors-title">
    <div class="bar">
      <h2 id="sensors-title">${texts.sensors}</h2>
      <label class="filter" hidden>${texts.filterSensors} <input type="search" id="sensor-filter" /></label>
      <span class="quiet" id="sensors-shown"></span>
    </div>
    <p class="empty" id="no-sensors" ${all.length > 0 && HIDDEN}>${texts.noSensors}</p>
    <ul id="sensors" class="sensors">
      ${shown.map((reading) => sensorCard(context, reading))}
    </ul>
    ${
      shown.length < all.length &&
      markup`<p class="quiet" id="more-sensors">
        ${fill(texts.moreSensors, { shown: shown.length, total: all.length })}
      </p>`
    }
  </section>`;
}

const HIDDEN = markup`hidden`;
