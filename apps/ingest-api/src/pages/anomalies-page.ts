import { type Anomaly, type AnomalyList } from '@atalaya/contracts';
import { markup, type Markup } from './markup.js';
import { layout, pageAddress, type PageContext, timeElement } from './layout.js';
import { fill } from './texts.js';

/** Anomalies in the table. */
const LISTED_ANOMALIES = 200;

/** The page `/anomalies`: what was found in the newest measurements of a group, newest first. */
export function anomaliesPage(context: PageContext, { anomalies, sensorsCovered }: AnomalyList): string {
  const { texts, group } = context;
  const title = fill(texts.anomaliesTitle, { group });
  const shown = anomalies.slice(-LISTED_ANOMALIES).reverse();
  return layout(
    { path: '/anomalies', title },
    context,
    markup`
      <nav><a href="${pageAddress('/', context)}">${texts.viewMeasurements}</a></nav>
      ${anomalies.length === 0 ? markup`<p>${texts.noAnomalies}</p>` : anomalyTable(context, shown)}
      ${
        shown.length < anomalies.length &&
        markup`<p class="hint">${fill(texts.newestShown, { count: LISTED_ANOMALIES })}</p>`
      }
      ${!sensorsCovered && markup`<p class="hint">${texts.sensorsNotCovered}</p>`}
    `,
  );
}

function anomalyTable({ texts }: PageContext, anomalies: readonly Anomaly[]): Markup {
  const rows = anomalies.map(
    ({ timestamp, sensor, value, expected, score, method }) =>
      markup`<tr>
        <td>${timeElement(timestamp)}</td>
        <th scope="row">${sensor ?? texts.mean}</th>
        <td>${value}</td>
        <td>${rounded(expected.min)} – ${rounded(expected.max)}</td>
        <td>${rounded(score)}</td>
        <td>${texts.methods[method] ?? method}</td>
      </tr>`,
  );
  return markup`<div class="scroll">
    <table id="anomalies">
      <thead>
        <tr>
          <th scope="col">${texts.timestamp}</th>
          <th scope="col">${texts.series}</th>
          <th scope="col">${texts.value}</th>
          <th scope="col">${texts.expected}</th>
          <th scope="col">${texts.score}</th>
          <th scope="col">${texts.method}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Bounds and scores are estimates; more digits would say nothing. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
