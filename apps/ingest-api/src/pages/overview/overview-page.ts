import { type Overview, type Term } from '@atalaya/contracts';
import { type ChartPicture, chartSection } from '../chart/chart-section.js';
import { layout, type PageContext } from '../layout.js';
import { markup } from '../markup.js';
import { fill } from '../texts/texts.js';
import { measurementList } from './measurement-list.js';
import { sensorSection } from './sensor-section.js';
import { summary } from './summary.js';
import { type TroubledSensor } from './troubled-sensors.js';
import { writeForms } from './write-forms.js';

export interface OverviewPageData {
  overview: Overview;
  picture: ChartPicture;
  terms: readonly Term[];
  troubled: readonly TroubledSensor[];
  csrfToken: string;
  /** Whether the form has to ask for the token. */
  asksForToken: boolean;
}

/** The page `/`: a group's newest mean, who leads, the curve with its takeovers, the sensors and the measurements. */
export function overviewPage(context: PageContext, data: OverviewPageData): string {
  const { texts, group } = context;
  const { overview, picture, terms, troubled } = data;
  return layout(
    { path: '/', title: fill(texts.title, { group }), name: 'overview' },
    context,
    markup`
      <div data-part="summary">${summary(context, overview, troubled)}</div>
      ${chartSection(context, { picture, terms, title: texts.chart })}
      ${sensorSection(context, overview)}
      <div class="columns">
        <div data-part="measurements">${measurementList(context, overview.measurements)}</div>
        ${writeForms(context, data)}
      </div>
    `,
  );
}

/** The parts of the page that change with each tick, for a page that is open: it replaces its own with them. */
export function overviewParts(
  context: PageContext,
  { overview, troubled }: Pick<OverviewPageData, 'overview' | 'troubled'>,
): string {
  return markup`
    <div data-part="summary">${summary(context, overview, troubled)}</div>
    <div data-part="measurements">${measurementList(context, overview.measurements)}</div>
  `.text;
}
