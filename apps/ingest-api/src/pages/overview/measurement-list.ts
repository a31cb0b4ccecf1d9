import { type Overview } from '@atalaya/contracts';
import { type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { LISTED_MEASUREMENTS } from './listed-measurements.js';

/** "Measurement n: timestamp, value" of each of the newest, the newest first. */
export function measurementList({ texts }: PageContext, measurements: Overview['measurements']): Markup {
  const items = measurements.map(({ number, timestamp, value }) => {
    const text = fill(texts.measurement, { n: number, timestamp, value });
    return markup`<li title="${new Date(timestamp).toISOString()}">${text}</li>`;
  });
  return markup`<section class="card" aria-labelledby="measurements-title">
    <h2 id="measurements-title">${texts.measurements}</h2>
    ${
      items.length === 0
        ? markup`<p id="no-measurements" class="empty">${texts.noMeasurements}</p>`
        : markup`<ul id="measurements" tabindex="0" aria-labelledby="measurements-title">
            ${items.reverse()}
          </ul>`
    }
    ${
      measurements.length >= LISTED_MEASUREMENTS &&
      markup`<p class="quiet">${fill(texts.newestShown, { count: LISTED_MEASUREMENTS })}</p>`
    }
  </section>`;
}
