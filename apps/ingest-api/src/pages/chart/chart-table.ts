import { type ChartSeries } from '@atalaya/contracts';
import { type Language } from '../language.js';
import { markup, type Markup } from '../markup.js';
import { type PageTexts } from '../texts/page-texts.js';
import { timeElement } from '../times.js';
import { valueElement } from '../values.js';

/** Rows of a table: as many points as a chart has, about. */
const MAX_ROWS = 1_000;

/** What a chart shows as a table, the newest first. */
export function chartTable(series: ChartSeries, texts: PageTexts, language: Language): Markup {
  const cell = (value: number | null | undefined): Markup =>
    value === null || value === undefined ? markup`–` : valueElement(value, language);
  const rows = series.times
    .map(
      (time, index) =>
        markup`<tr>
          <td>${timeElement(time)}</td>
          <td>${cell(series.values[index])}</td>
          <td>${cell(series.min[index])}</td>
          <td>${cell(series.max[index])}</td>
        </tr>`,
    )
    .slice(-MAX_ROWS)
    .reverse();
  return markup`<table>
    <thead>
      <tr>
        <th scope="col">${texts.timestamp}</th>
        <th scope="col">${series.sensor ?? texts.mean}</th>
        <th scope="col">${texts.lowest}</th>
        <th scope="col">${texts.highest}</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
