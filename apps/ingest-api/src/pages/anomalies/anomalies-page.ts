import { type AnomalyList } from '@atalaya/contracts';
import { type ChartPicture, chartSection } from '../chart/chart-section.js';
import { layout, pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { anomalyTable, searchedNote } from './anomaly-table.js';

/** Anomalies in the table. */
const LISTED_ANOMALIES = 200;

export interface AnomalyFilter {
  sensor?: string | undefined;
  /** In ms. */
  from?: number | undefined;
  to?: number | undefined;
}

export interface AnomaliesPageData {
  found: AnomalyList;
  picture: ChartPicture;
  filter: AnomalyFilter;
}

/** The page `/anomalies`: the curve with its marked points, and what was found as a table, newest first. */
export function anomaliesPage(context: PageContext, { found, picture, filter }: AnomaliesPageData): string {
  const { texts, group } = context;
  return layout(
    { path: '/anomalies', title: fill(texts.anomaliesTitle, { group }), name: 'anomalies' },
    context,
    markup`
      <p><a href="${pageAddress('/', context)}">${texts.viewMeasurements}</a></p>
      ${chartSection(context, { picture, title: texts.anomaliesOfMean, path: '/anomalies' })}
      <section class="card" aria-labelledby="found-title">
        <h2 id="found-title">${texts.anomalies}</h2>
        ${filterForm(context, filter)}
        <div data-part="anomalies">${foundAnomalies(context, found)}</div>
        ${exportLinks(context, filter)}
      </section>
    `,
  );
}

/** The part of the page that changes. */
export function anomaliesParts(context: PageContext, found: AnomalyList): string {
  return markup`<div data-part="anomalies">${foundAnomalies(context, found)}</div>`.text;
}

function foundAnomalies(context: PageContext, { anomalies, sensorsCovered }: AnomalyList): Markup {
  const { texts } = context;
  const shown = anomalies.slice(-LISTED_ANOMALIES).reverse();
  return markup`
    ${anomalies.length === 0 ? markup`<p class="empty">${texts.noAnomalies}</p>` : anomalyTable(context, shown)}
    ${
      shown.length < anomalies.length &&
      markup`<p class="quiet">${fill(texts.newestShown, { count: LISTED_ANOMALIES })}</p>`
    }
    ${!sensorsCovered && markup`<p class="quiet">${texts.sensorsNotCovered}</p>`} ${searchedNote(context)}
  `;
}

function filterForm(context: PageContext, { sensor, from, to }: AnomalyFilter): Markup {
  const { texts, group, language, languageAsked } = context;
  return markup`<form method="get" action="/anomalies" class="filters">
    <input type="hidden" name="group" value="${group}" />
    ${languageAsked && markup`<input type="hidden" name="lang" value="${language}" />`}
    <label>${texts.sensor} <input name="sensor" value="${sensor ?? ''}" maxlength="128" placeholder="${texts.allSeries}" /></label>
    <label>${texts.from} <input type="datetime-local" name="fromTime" value="${inputTime(from)}" /></label>
    <label>${texts.to} <input type="datetime-local" name="toTime" value="${inputTime(to)}" /></label>
    <button>${texts.filter}</button>
  </form>`;
}

function exportLinks(context: PageContext, { sensor, from, to }: AnomalyFilter): Markup {
  const extra = { sensor, from: from?.toString(), to: to?.toString() };
  return markup`<p class="choice">
    <span>${context.texts.exportAs}</span>
    <a href="${pageAddress('/anomalies.csv', context, extra)}" download>CSV</a>
    <a href="${pageAddress('/api/v1/anomalies', { ...context, languageAsked: false }, extra)}" download="anomalies.json">JSON</a>
  </p>`;
}

function inputTime(timestamp: number | undefined): string {
  return timestamp === undefined ? '' : new Date(timestamp).toISOString().slice(0, 16);
}
