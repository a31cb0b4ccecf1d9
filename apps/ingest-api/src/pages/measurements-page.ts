import { type GroupStatus, type SensorReading, type SensorState } from '@atalaya/contracts';
import { type NumberedMeasurement } from '@atalaya/measurement-store';
import { markup, type Markup } from './markup.js';
import { layout, pageAddress, type PageContext, timeElement } from './layout.js';
import { fill, type PageTexts } from './texts.js';

/** Measurements in the list; a day has 17,280. */
export const LISTED_MEASUREMENTS = 50;

/** Sensors in the table. */
const LISTED_SENSORS = 100;

export interface MeasurementsPageData {
  /** Oldest first. */
  measurements: readonly NumberedMeasurement[];
  status: GroupStatus;
  sensors: readonly SensorReading[];
  csrfToken: string;
  /** Whether the form has to ask for the token. */
  asksForToken: boolean;
}

/** The page `/`: a group's measurements, who leads, and the sensors. */
export function measurementsPage(context: PageContext, data: MeasurementsPageData): string {
  const { texts, group } = context;
  const title = fill(texts.title, { group });
  return layout(
    { path: '/', title, script: '/assets/live.js' },
    context,
    markup`
      <nav>
        <a href="${pageAddress('/anomalies', context)}">${texts.viewAnomalies}</a>
        <span
          id="connection"
          role="status"
          data-stream="/api/v1/stream?group=${encodeURIComponent(group)}"
          data-live="${texts.live}"
          data-not-live="${texts.notLive}"
          data-store-away="${texts.storeAway}"
        ></span>
      </nav>
      ${writeForm(context, data)}
      <div id="live">
        ${statusSection(context, data.status)}
        <div class="columns">
          ${measurementSection(context, data.measurements)} ${sensorSection(context, data.sensors)}
        </div>
      </div>
    `,
  );
}

function writeForm(context: PageContext, { csrfToken, asksForToken }: MeasurementsPageData): Markup {
  const { texts, group, language, languageAsked } = context;
  return markup`<form class="write" method="post" action="/insert">
    <input type="hidden" name="_csrf" value="${csrfToken}" />
    <input type="hidden" name="group" value="${group}" />
    ${languageAsked && markup`<input type="hidden" name="lang" value="${language}" />`}
    <label>${texts.valueLabel} <input type="number" name="value" step="any" required /></label>
    ${asksForToken && tokenField(texts)}
    <button>${texts.insert}</button>
    <button formaction="/clear" formnovalidate>${texts.clear}</button>
    ${asksForToken && markup`<p id="token-hint" class="hint">${texts.tokenHint}</p>`}
  </form>`;
}

function tokenField(texts: PageTexts): Markup {
  return markup`<label>
    ${texts.tokenLabel}
    <input type="password" name="token" autocomplete="current-password" aria-describedby="token-hint" required />
  </label>`;
}

function statusSection({ texts }: PageContext, status: GroupStatus): Markup {
  const { leader, since, tick, value } = status;
  const newest = value === null || tick === null ? '–' : markup`${value} (${timeElement(tick)})`;
  return markup`<section aria-labelledby="status-title">
    <h2 id="status-title">${texts.status}</h2>
    <dl>
      <dt>${texts.leader}</dt>
      <dd id="leader">${leader === null ? texts.noLeader : leaderSince(texts, leader, since)}</dd>
      <dt>${texts.newestMean}</dt>
      <dd id="newest-mean">${newest}</dd>
    </dl>
  </section>`;
}

/** The time is an element of its own, so the text is filled around it. */
function leaderSince(texts: PageTexts, leader: string, since: number | null): Markup {
  if (since === null) return markup`${leader}`;
  const parts = texts.leaderSince.split(/(\{\w+\})/).map((part) => {
    if (part === '{leader}') return markup`<strong>${leader}</strong>`;
    return part === '{since}' ? timeElement(since) : markup`${part}`;
  });
  return markup`${parts}`;
}

function measurementSection({ texts }: PageContext, measurements: readonly NumberedMeasurement[]): Markup {
  const items = measurements.map(({ number, timestamp, value }) => {
    const text = fill(texts.measurement, { n: number, timestamp, value });
    return markup`<li title="${new Date(timestamp).toISOString()}">${text}</li>`;
  });
  return markup`<section aria-labelledby="measurements-title">
    <h2 id="measurements-title">${texts.measurements}</h2>
    ${
      items.length === 0
        ? markup`<p id="no-measurements">${texts.noMeasurements}</p>`
        : markup`<ul id="measurements">
            ${items.reverse()}
          </ul>`
    }
    ${
      measurements.length >= LISTED_MEASUREMENTS &&
      markup`<p class="hint">${fill(texts.newestShown, { count: LISTED_MEASUREMENTS })}</p>`
    }
  </section>`;
}

function sensorSection({ texts }: PageContext, sensors: readonly SensorReading[]): Markup {
  const shown = troubledFirst(sensors).slice(0, LISTED_SENSORS);
  return markup`<section aria-labelledby="sensors-title">
    <h2 id="sensors-title">${texts.sensors}</h2>
    ${sensors.length === 0 ? markup`<p>${texts.noSensors}</p>` : sensorTable(texts, shown)}
    ${
      shown.length < sensors.length &&
      markup`<p class="hint">${fill(texts.moreSensors, { shown: shown.length, total: sensors.length })}</p>`
    }
  </section>`;
}

function sensorTable(texts: PageTexts, sensors: readonly SensorReading[]): Markup {
  const rows = sensors.map(
    ({ id, value, timestamp, state }) =>
      markup`<tr class="${state}">
        <th scope="row">${id}</th>
        <td>${value ?? '–'}</td>
        <td>${timestamp === null ? '–' : timeElement(timestamp)}</td>
        <td>${texts.states[state]}</td>
      </tr>`,
  );
  return markup`<div class="scroll">
    <table id="sensors">
      <thead>
        <tr>
          <th scope="col">${texts.sensor}</th>
          <th scope="col">${texts.value}</th>
          <th scope="col">${texts.timestamp}</th>
          <th scope="col">${texts.state}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

const STATE_ORDER: Readonly<Record<SensorState, number>> = { invalid: 0, stale: 1, gone: 2, ok: 3 };

function troubledFirst(sensors: readonly SensorReading[]): SensorReading[] {
  return [...sensors].sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state]);
}
