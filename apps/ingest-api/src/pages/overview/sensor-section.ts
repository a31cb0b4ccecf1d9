import { type Overview } from '@atalaya/contracts';
import { displayCount } from '../format.js';
import { type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { byTrouble, LISTED_SENSORS, sensorCard } from './sensor-card.js';

/** The sensors as cards, those in trouble first. */
export function sensorSection(context: PageContext, { sensors }: Overview): Markup {
  const { texts, language } = context;
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
    <p class="quiet" id="more-sensors" ${shown.length === all.length && HIDDEN}>
      ${fill(texts.moreSensors, {
        shown: displayCount(shown.length, language),
        total: displayCount(all.length, language),
      })}
    </p>
  </section>`;
}

const HIDDEN = markup`hidden`;
