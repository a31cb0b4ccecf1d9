import { type Anomaly, type SensorReading } from '@atalaya/contracts';
import { anomalyTable } from '../anomalies/anomaly-table.js';
import { type ChartPicture, chartSection } from '../chart/chart-section.js';
import { displayDuration } from '../format.js';
import { layout, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { ageElement, timeElement } from '../times.js';
import { valueElement } from '../values.js';
import { valueRuns } from './value-runs.js';

export interface SensorPageData {
  id: string;
  /** Undefined for a sensor that is not known. */
  reading: SensorReading | undefined;
  picture: ChartPicture;
  anomalies: readonly Anomaly[];
}

/** The page `/sensors/<id>`: its curve beside the mean, its anomalies, its states over time. */
export function sensorPage(context: PageContext, data: SensorPageData): string {
  const { texts, group } = context;
  const { id, reading, picture, anomalies } = data;
  const path = `/sensors/${encodeURIComponent(id)}`;
  return layout(
    { path, title: fill(texts.sensorTitle, { id }), name: 'sensor' },
    context,
    markup`
      ${
        reading === undefined && picture.series.times.length === 0
          ? markup`<p class="alarm">${fill(texts.sensorUnknown, { group })}</p>`
          : markup`<div data-part="sensor">${reading !== undefined && stateCard(context, reading)}</div>
            ${chartSection(context, { picture, title: texts.besideMean, path })} ${runsCard(context, picture)}`
      }
      <section class="card" aria-labelledby="anomalies-title">
        <h2 id="anomalies-title">${texts.anomalies}</h2>
        ${anomalies.length === 0 ? markup`<p class="empty">${texts.noAnomalies}</p>` : anomalyTable(context, anomalies)}
      </section>
    `,
  );
}

/** The part of the page that changes with each tick. */
export function sensorParts(context: PageContext, reading: SensorReading | undefined): string {
  return markup`<div data-part="sensor">${reading !== undefined && stateCard(context, reading)}</div>`.text;
}

function stateCard(
  { texts, language, now }: PageContext,
  { value, timestamp, state }: SensorReading,
): Markup {
  return markup`<section class="summary" aria-labelledby="state-title">
    <div class="mean">
      <h2 id="state-title" class="label">${texts.lastValue}</h2>
      <p class="figure">${value === null ? '–' : valueElement(value, language)}</p>
      <p class="quiet">
        ${timestamp === null ? texts.neverValue : markup`${timeElement(timestamp)} · ${ageElement(timestamp, now, texts)}`}
      </p>
    </div>
    <dl class="facts">
      <div>
        <dt>${texts.state}</dt>
        <dd><span class="state ${state}">${texts.states[state]}</span></dd>
      </div>
    </dl>
  </section>`;
}

function runsCard({ texts }: PageContext, { series }: ChartPicture): Markup {
  const runs = valueRuns(series).reverse();
  return markup`<section class="card" aria-labelledby="runs-title">
    <h2 id="runs-title">${texts.statesOverTime}</h2>
    <ol class="runs" id="runs">
      ${runs.map(
        ({ from, to, hasValues }) =>
          markup`<li>
            <span class="state ${hasValues ? 'ok' : 'stale'}">${hasValues ? texts.hadValues : texts.hadNone}</span>
            ${timeElement(from)} – ${timeElement(to)}
            <span class="quiet">${displayDuration(to - from, texts)}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}
