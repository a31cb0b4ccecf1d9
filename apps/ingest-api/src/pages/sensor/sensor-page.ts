import { type Anomaly, type ChartSeries, type GroupStatus, type SensorReading } from '@atalaya/contracts';
import { anomalyTable, searchedNote } from '../anomalies/anomaly-table.js';
import { chartSection } from '../chart/chart-section.js';
import { displayChange, displayDuration } from '../format.js';
import { layout, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { silenceAlarm } from '../silence.js';
import { type RangeName } from '../texts/page-texts.js';
import { fill } from '../texts/texts.js';
import { ageElement, textWithTime, timeElement } from '../times.js';
import { figureElement, valueElement } from '../values.js';
import { type RunKind, valueRuns } from './value-runs.js';

/** What of a sensor changes with each tick. */
export interface SensorState {
  /** Undefined for a sensor that is not known. */
  reading: SensorReading | undefined;
  status: GroupStatus;
  intervalMs: number | null;
  /** Its own curve and the mean's, of one range. */
  series: ChartSeries;
  mean: Pick<ChartSeries, 'times'>;
}

export interface SensorPageData extends SensorState {
  id: string;
  range: RangeName;
  anomalies: readonly Anomaly[];
}

/** The page `/sensors/<id>`: its curve beside the mean, its anomalies, its states over time. */
export function sensorPage(context: PageContext, data: SensorPageData): string {
  const { texts, group } = context;
  const { id, reading, series, range, anomalies } = data;
  const path = `/sensors/${encodeURIComponent(id)}`;
  const picture = { series, range };
  return layout(
    { path, title: fill(texts.sensorTitle, { id }), name: 'sensor' },
    context,
    markup`
      ${
        reading === undefined && series.times.length === 0
          ? markup`<p class="alarm">${fill(texts.sensorUnknown, { group })}</p>`
          : markup`<div data-part="sensor">${stateParts(context, data)}</div>
            ${chartSection(context, { picture, title: texts.besideMean, path })}
            <div data-part="runs">${runsCard(context, data)}</div>`
      }
      <section class="card" aria-labelledby="anomalies-title">
        <h2 id="anomalies-title">${texts.anomalies}</h2>
        <div data-part="anomalies">${anomaliesOf(context, anomalies)}</div>
      </section>
    `,
  );
}

/** The parts of the page that change; with the anomalies, which are dear to find, where they are given. */
export function sensorParts(
  context: PageContext,
  data: SensorState,
  anomalies: readonly Anomaly[] | undefined,
): string {
  return markup`<div data-part="sensor">${stateParts(context, data)}</div>
    <div data-part="runs">${runsCard(context, data)}</div>
    ${anomalies !== undefined && markup`<div data-part="anomalies">${anomaliesOf(context, anomalies)}</div>`}`
    .text;
}

function anomaliesOf(context: PageContext, anomalies: readonly Anomaly[]): Markup {
  const { texts } = context;
  return markup`
    ${anomalies.length === 0 ? markup`<p class="empty">${texts.noAnomalies}</p>` : anomalyTable(context, anomalies)}
    ${searchedNote(context)}
  `;
}

function stateParts(context: PageContext, { reading, status, intervalMs }: SensorState): Markup {
  return markup`${silenceAlarm(context, { tick: status.tick, intervalMs })}
    ${reading !== undefined && stateCard(context, reading, status)}`;
}

function stateCard(
  context: PageContext,
  { value, timestamp, state }: SensorReading,
  status: GroupStatus,
): Markup {
  const { texts, language, now } = context;
  const change = state === 'ok' && value !== null && status.value !== null ? value - status.value : undefined;
  return markup`<section class="summary" aria-labelledby="state-title">
    <div class="mean">
      <h2 id="state-title" class="label">${texts.lastValue}</h2>
      <p class="figure">${value === null ? markup`<span class="none">–</span>` : figureElement(value, language)}</p>
      <p class="quiet">
        ${timestamp === null ? texts.neverValue : markup`${timeElement(timestamp)} · ${ageElement(timestamp, now, texts)}`}
      </p>
    </div>
    <dl class="facts">
      <div>
        <dt>${texts.state}</dt>
        <dd>
          <span class="state ${state}" id="state">${texts.states[state]}</span>
          ${
            state !== 'ok' &&
            timestamp !== null &&
            markup`<span class="quiet">
              ${textWithTime(texts.sinceTime, timestamp)} · ${ageElement(timestamp, now, texts)}
            </span>`
          }
        </dd>
      </div>
      <div>
        <dt>${texts.fromMean}</dt>
        <dd>
          ${
            change === undefined
              ? markup`<span class="quiet">–</span>`
              : markup`<strong>${displayChange(change, language)}</strong>`
          }
        </dd>
      </div>
      <div>
        <dt>${texts.newestMean}</dt>
        <dd>
          ${status.value === null ? '–' : markup`<strong>${valueElement(status.value, language)}</strong>`}
          ${status.tick !== null && markup`<span class="quiet">${ageElement(status.tick, now, texts)}</span>`}
        </dd>
      </div>
    </dl>
  </section>`;
}

const RUN_STATES: Readonly<Record<RunKind, string>> = {
  'in-mean': 'ok',
  'left-out': 'stale',
  'no-tick': 'gone',
};

function runsCard({ texts }: PageContext, { series, mean, reading }: SensorState): Markup {
  const runs = valueRuns(series, mean).reverse();
  const textOf = (kind: RunKind, isNewest: boolean): string => {
    if (kind === 'in-mean') return texts.hadValues;
    if (kind === 'no-tick') return texts.noTick;
    return isNewest && reading !== undefined && reading.state !== 'ok'
      ? texts.states[reading.state]
      : texts.hadNone;
  };
  return markup`<section class="card" aria-labelledby="runs-title">
    <h2 id="runs-title">${texts.statesOverTime}</h2>
    ${runs.length === 0 && markup`<p class="empty">${texts.chartEmpty}</p>`}
    <ol class="runs" id="runs">
      ${runs.map(
        ({ from, to, kind }, index) =>
          markup`<li>
            <span class="state ${RUN_STATES[kind]}">${textOf(kind, index === 0)}</span>
            <span>${timeElement(from)} – ${timeElement(to)}</span>
            <span class="quiet">${displayDuration(to - from, texts)}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}
