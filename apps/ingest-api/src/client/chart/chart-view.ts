import { type AnomalyList, type ChartSeries, type TermList } from '@atalaya/contracts';
import { chartTable } from '../../pages/chart/chart-table.js';
import { displayDuration, displayValue } from '../../pages/format.js';
import { fill } from '../../pages/texts/texts.js';
import { localTime, millisecondsOf, type PageClock } from '../live/clock.js';
import { language, texts } from '../texts.js';
import { chartColumns, type ChartColumns, withTail } from './chart-columns.js';
import { type PointMark } from './draw-marks.js';
import { TakeoverMarks } from './takeover-marks.js';
import { TimeChart } from './time-chart.js';

const MONTH_MS = 30 * 86_400_000;
const SMALLEST_RANGE_MS = 10_000;
/** Longer ranges are not searched for anomalies: the search takes seconds there. */
const ANOMALIES_UP_TO_MS = 12 * 3_600_000;
const ANOMALIES_EVERY_MS = 20_000;
const READ_AGAIN_MS = 400;
const RETRY_MS = 5_000;
/** How far `earlier` and `later` go, as a part of the range; arrow keys half of it. */
const PAN_PART = 0.5;

interface TimeRange {
  from: number;
  to: number;
}

/** A chart of the page: ranges, zoom, pan, marks of takeovers and anomalies; while it shows now it goes on by itself. */
export class ChartView {
  readonly #element: HTMLElement;
  readonly #group: string;
  readonly #clock: PageClock;
  readonly #chart: TimeChart;
  readonly #sensor: string | undefined;
  readonly #takeovers = new TakeoverMarks();
  readonly #history: (TimeRange | undefined)[] = [];
  #rangeMs: number;
  /** A range that stands still; undefined while the chart shows up to now. */
  #fixed: TimeRange | undefined;
  #series: ChartSeries | undefined;
  #columns: ChartColumns = [[], [], [], [], []];
  #points: PointMark[] = [];
  #anomaliesAt = -Infinity;
  #isBusy = false;
  #pending: 'tail' | 'all' | undefined;

  constructor(element: HTMLElement, group: string, clock: PageClock) {
    this.#element = element;
    this.#group = group;
    this.#clock = clock;
    const { sensor } = element.dataset;
    this.#sensor = sensor === '' ? undefined : sensor;
    this.#rangeMs = Number(this.#one('[data-range-choice][aria-current]').dataset.rangeMs);
    this.#chart = new TimeChart(this.#one('[data-plot]'), {
      valueLabel: this.#sensor ?? texts.mean,
      besideLabel: this.#sensor === undefined ? undefined : texts.mean,
      marks: () => this.#takeovers.marks(),
      points: () => this.#points,
      zoomed: (from, to) => {
        if (to - from >= SMALLEST_RANGE_MS) this.#go({ from, to });
      },
      pointed: (index) => {
        this.#showReading(index);
      },
    });
    this.#listen();
    this.readAgain();
  }

  /** Reads the whole range anew. */
  readAgain(): void {
    this.#read('all');
  }

  /** Reads what is newer than the curve. */
  readOn(): void {
    this.#read('tail');
  }

  /** A measurement was stored: what is newer than the curve is put to its end, what is older is read in its place. */
  measured(timestamp: number): void {
    if (this.#fixed !== undefined && timestamp > this.#fixed.to) return;
    const last = this.#series?.times.at(-1) ?? -1;
    this.#read(timestamp > last && this.#fixed === undefined ? 'tail' : 'all');
  }

  /** Says whose token the newest tick has: one whose term is not known yet is a takeover. */
  leads(token: string | null): void {
    if (!this.#takeovers.wantsLook(token)) return;
    void this.#readTerms().catch(() => {
      this.#takeovers.lookFailed();
    });
  }

  #listen(): void {
    for (const choice of this.#all('[data-range-choice]')) {
      choice.addEventListener('click', (event) => {
        event.preventDefault();
        this.#choose(choice);
      });
    }
    for (const button of this.#all('[data-pan]')) {
      button.addEventListener('click', () => {
        this.#pan(Number(button.dataset.pan) * PAN_PART);
      });
    }
    this.#one('[data-zoom-back]').addEventListener('click', () => {
      this.#fixed = this.#history.pop();
      this.#moved();
    });
    this.#one('[data-now]').addEventListener('click', () => {
      this.#go(undefined);
    });
    this.#one('[data-plot]').addEventListener('keydown', (event) => {
      const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
      if (direction === 0) return;
      event.preventDefault();
      this.#pan((direction * PAN_PART) / 2);
    });
    this.#one('[data-table]').addEventListener('toggle', () => {
      this.#showTable();
    });
    this.#one('.tools').hidden = false;
    this.#one('[data-hint]').hidden = false;
  }

  #choose(choice: HTMLElement): void {
    for (const other of this.#all('[data-range-choice]')) other.removeAttribute('aria-current');
    choice.setAttribute('aria-current', 'true');
    this.#rangeMs = Number(choice.dataset.rangeMs);
    this.#history.length = 0;
    this.#fixed = undefined;
    this.#moved();
  }

  #pan(part: number): void {
    const { from, to } = this.#range();
    const shift = Math.round((to - from) * part);
    this.#go(to + shift >= this.#clock.now() ? undefined : { from: from + shift, to: to + shift });
  }

  #go(range: TimeRange | undefined): void {
    if (range === undefined && this.#fixed === undefined) return;
    this.#history.push(this.#fixed);
    this.#fixed = range;
    this.#moved();
  }

  #moved(): void {
    this.#one('[data-zoom-back]').toggleAttribute('disabled', this.#history.length === 0);
    for (const forward of ['[data-now]', '[data-pan="1"]']) {
      this.#one(forward).toggleAttribute('disabled', this.#fixed === undefined);
    }
    this.#anomaliesAt = -Infinity;
    this.#points = [];
    this.#read('all');
  }

  #range(): TimeRange {
    const now = Math.round(this.#clock.now());
    return this.#fixed ?? { from: Math.max(0, now - this.#rangeMs), to: now };
  }

  #read(what: 'tail' | 'all'): void {
    if (this.#isBusy) {
      this.#pending = this.#pending === 'all' ? 'all' : what;
      return;
    }
    this.#isBusy = true;
    void this.#readNow(what).then(
      () => {
        this.#readLater(READ_AGAIN_MS);
      },
      () => {
        this.#one('[data-resolution]').textContent = texts.chartFailed;
        this.#pending = 'all';
        this.#readLater(RETRY_MS);
      },
    );
  }

  #readLater(waitMs: number): void {
    setTimeout(() => {
      this.#isBusy = false;
      const what = this.#pending;
      this.#pending = undefined;
      if (what !== undefined) this.#read(what);
    }, waitMs);
  }

  async #readNow(what: 'tail' | 'all'): Promise<void> {
    const range = this.#range();
    const known = this.#series;
    const last = known?.times.at(-1);
    const isTail = what === 'tail' && known !== undefined && last !== undefined;
    if (isTail && known.bucketMs === null && this.#sensor === undefined) {
      const tail = await this.#fetchSeries({ from: last + 1, to: range.to }, undefined);
      this.#show(withTail(known, tail, range.from), undefined, range);
    } else if (!isTail || known.bucketMs === null || range.to >= last + 2 * known.bucketMs) {
      // A bucket of minutes does not change to the eye with each tick.
      const [own, beside] = await Promise.all([
        this.#fetchSeries(range, this.#sensor),
        this.#sensor === undefined ? undefined : this.#fetchSeries(range, undefined),
      ]);
      this.#show(own, beside, range);
    }
    if (what === 'all') await this.#readTerms();
    await this.#readAnomalies(range);
  }

  async #readAnomalies(range: TimeRange): Promise<void> {
    const isTooLong = range.to - range.from > ANOMALIES_UP_TO_MS;
    if (isTooLong || performance.now() - this.#anomaliesAt < ANOMALIES_EVERY_MS) return;
    this.#anomaliesAt = performance.now();
    const which = this.#sensor === undefined ? { only: 'mean' } : { sensor: this.#sensor };
    const { anomalies } = await this.#fetch<AnomalyList>('/api/v1/anomalies', { ...which, ...range });
    this.#points = anomalies.map(({ timestamp, value }) => ({ at: timestamp, value }));
    this.#chart.redraw();
  }

  async #readTerms(): Promise<void> {
    if (this.#element.dataset.terms === undefined) return;
    const from = Math.max(0, this.#range().from - MONTH_MS);
    this.#takeovers.terms = (await this.#fetch<TermList>('/api/v1/terms', { from })).terms;
    this.#showTakeovers();
    this.#chart.redraw();
  }

  #show(series: ChartSeries, beside: ChartSeries | undefined, range: TimeRange): void {
    this.#series = series;
    this.#columns = chartColumns(series, beside);
    this.#chart.show(this.#columns, range.from, range.to);
    this.#element.dataset.points = String(series.times.length);
    this.#one('[data-resolution]').textContent = resolutionText(series);
    this.#showTable();
  }

  #showTakeovers(): void {
    const place = this.#element.querySelector('[data-takeovers]');
    if (place === null) return;
    const { from, to } = this.#range();
    const template = document.createElement('template');
    // Up to now means all that there are: the page's clock may be behind the server's by the time that the page took to
    // load, and a takeover of just now is looked for only once.
    template.innerHTML = this.#takeovers.listed(from, this.#fixed === undefined ? Infinity : to);
    this.#clock.localise(template.content);
    place.replaceChildren(template.content);
  }

  /** The table is made when somebody looks at it. */
  #showTable(): void {
    const details = this.#one('[data-table]') as HTMLDetailsElement;
    const place = details.querySelector('.scroll');
    if (!details.open || place === null || this.#series === undefined) return;
    place.innerHTML = chartTable(this.#series, texts, language).text;
    this.#clock.localise(place);
  }

  #showReading(index: number | null): void {
    const output = this.#one('[data-reading]');
    const [times, min, max, values] = this.#columns;
    const [time, value] = index === null ? [] : [times[index], values[index]];
    if (index === null || time === undefined || value === undefined || value === null) {
      output.textContent = '';
      return;
    }
    const [low, high] = [min[index], max[index]];
    const hasBand = typeof low === 'number' && typeof high === 'number';
    const band = hasBand ? ` (${displayValue(low, language)} – ${displayValue(high, language)})` : '';
    output.textContent = `${localTime(time, this.#clock.now())}${millisecondsOf(time)} · ${value}${band}`;
  }

  #fetchSeries(range: TimeRange, sensor: string | undefined): Promise<ChartSeries> {
    return this.#fetch('/api/v1/chart', { ...range, ...(sensor === undefined ? {} : { sensor }) });
  }

  async #fetch<T>(path: string, query: Readonly<Record<string, string | number>>): Promise<T> {
    const search = new URLSearchParams({ group: this.#group });
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    const response = await fetch(`${path}?${search.toString()}`);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  #all(selector: string): NodeListOf<HTMLElement> {
    return this.#element.querySelectorAll(selector);
  }

  #one(selector: string): HTMLElement {
    const found = this.#element.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`The chart has no ${selector}.`);
    return found;
  }
}

function resolutionText({ times, bucketMs }: ChartSeries): string {
  if (times.length === 0) return texts.chartEmpty;
  return bucketMs === null
    ? texts.asStored
    : fill(texts.bucketsOf, { width: displayDuration(bucketMs, texts) });
}
