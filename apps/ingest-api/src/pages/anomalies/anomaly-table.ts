import { type Anomaly } from '@atalaya/contracts';
import { pageAddress, type PageContext } from '../layout.js';
import { markup, type Markup } from '../markup.js';
import { ageElement, textWithTime, timeElement } from '../times.js';
import { valueElement } from '../values.js';

/** Anomalies as a table, in the order in which they are given. */
export function anomalyTable(context: PageContext, anomalies: readonly Anomaly[]): Markup {
  const { texts, language } = context;
  const rows = anomalies.map(
    ({ timestamp, sensor, value, expected, score, method }) =>
      markup`<tr>
        <td>${timeElement(timestamp)}</td>
        <th scope="row">${
          sensor === null
            ? texts.mean
            : markup`<a href="${pageAddress(`/sensors/${encodeURIComponent(sensor)}`, context)}">${sensor}</a>`
        }</th>
        <td>${valueElement(value, language)}</td>
        <td>${rounded(expected.min)} – ${rounded(expected.max)}</td>
        <td>${rounded(score)}</td>
        <td>${texts.methods[method] ?? method}</td>
      </tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${texts.anomalies}">
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

/** When the search was made: it is not repeated at each tick. */
export function searchedNote({ texts, now }: PageContext): Markup {
  return markup`<p class="quiet">${textWithTime(texts.searchedAt, now)} · ${ageElement(now, now, texts)}</p>`;
}
