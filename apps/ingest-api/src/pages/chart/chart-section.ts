import { type ChartSeries, type Term } from '@atalaya/contracts';
import { pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { type RangeName } from '../texts/page-texts.js';
import { fill } from '../texts/texts.js';
import { chartTable } from './chart-table.js';
import { RANGE_MS, RANGE_NAMES } from './ranges.js';
import { stillChart } from './still-chart.js';
import { takeoverList, takeoversOf } from './takeovers.js';

/** The curve as the server reads it, and which range it is of. */
export interface ChartPicture {
  series: ChartSeries;
  range: RangeName;
}

export interface ChartSection {
  picture: ChartPicture;
  title: string;
  /** The page's own address, which the ranges link to. */
  path?: string;
  /** Takeovers are marked and listed where they are given. */
  terms?: readonly Term[];
}

/** A chart with its ranges; a picture until the page's script draws it, and without it. */
export function chartSection(
  context: PageContext,
  { picture, terms, title, path = '/' }: ChartSection,
): Markup {
  const { texts, language, group } = context;
  const { series, range } = picture;
  const label =
    series.sensor === null ? fill(texts.chartOf, { group }) : fill(texts.sensorTitle, { id: series.sensor });
  return markup`<section
    class="card chart-card"
    aria-labelledby="chart-title"
    data-chart
    data-range="${range}"
    data-sensor="${series.sensor}"
    ${terms !== undefined && WITH_TERMS}
  >
    <div class="bar">
      <h2 id="chart-title">${title}</h2>
      <span class="quiet" data-resolution></span>
      <div class="ranges" role="group" aria-label="${texts.range}">
        ${RANGE_NAMES.map(
          (name) =>
            markup`<a
              href="${pageAddress(path, context, { range: name })}"
              data-range-choice="${name}"
              data-range-ms="${RANGE_MS[name]}"
              ${name === range && CHOSEN}
              >${texts.ranges[name]}</a
            >`,
        )}
      </div>
    </div>
    <div class="chart" role="img" aria-label="${label}" data-plot tabindex="0">
      ${series.times.length === 0 ? markup`<p class="empty">${texts.chartEmpty}</p>` : stillChart(series)}
    </div>
    <div class="bar tools" hidden>
      <button type="button" data-pan="-1">← ${texts.earlier}</button>
      <button type="button" data-pan="1" disabled>${texts.later} →</button>
      <button type="button" data-zoom-back disabled>${texts.zoomBack}</button>
      <button type="button" data-now disabled>${texts.now}</button>
      <output class="quiet" data-reading></output>
    </div>
    <p class="quiet" data-hint hidden>${texts.chartHint}</p>
    ${
      terms !== undefined &&
      markup`<h3>${texts.takeovers}</h3>
        <div data-takeovers>${takeoverList(takeoversOf(terms, series.from, series.to), texts)}</div>`
    }
    ${path !== '/anomalies' && markup`<p><a href="${pageAddress('/anomalies', context)}">${texts.viewAnomalies}</a></p>`}
    <details data-table>
      <summary>${texts.chartTable}</summary>
      <div class="scroll" tabindex="0" role="group" aria-label="${texts.chartTable}">
        ${/* The page's script makes it of its own points, when somebody opens it. */ null}
        <noscript>${chartTable(series, texts, language)}</noscript>
      </div>
    </details>
  </section>`;
}

const WITH_TERMS = markup`data-terms="yes"`;
const CHOSEN = markup`aria-current="true"`;
