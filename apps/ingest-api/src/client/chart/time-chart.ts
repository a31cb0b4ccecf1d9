import uPlot from 'uplot';
import { displayValue } from '../../pages/format.js';
import { localTime } from '../live/clock.js';
import { language } from '../texts.js';
import { type ChartColumns, valueRange } from './chart-columns.js';
import { drawMarks, type PointMark, type TimeMark } from './draw-marks.js';

const HEIGHT = 300;
const NARROW_HEIGHT = 220;
const NARROW_PX = 560;
const SMALLEST_DRAG_PX = 4;

export interface TimeChartOptions {
  valueLabel: string;
  /** Name of the curve beside it, where there is one. */
  besideLabel: string | undefined;
  marks: () => readonly TimeMark[];
  points: () => readonly PointMark[];
  /** Somebody dragged over the curve; times in ms. */
  zoomed: (from: number, to: number) => void;
  /** The position in the columns under the pointer; null where there is none. */
  pointed: (index: number | null) => void;
}

/** A curve with its band and marks, drawn by uPlot. */
export class TimeChart {
  readonly #place: HTMLElement;
  readonly #options: TimeChartOptions;
  #plot: uPlot;
  #columns: ChartColumns = [[], [], [], [], []];
  #from = 0;
  #to = 1;

  constructor(place: HTMLElement, options: TimeChartOptions) {
    this.#place = place;
    this.#options = options;
    place.replaceChildren();
    this.#plot = this.#make();
    new ResizeObserver(() => {
      this.#plot.setSize(this.#size());
    }).observe(place);
    document.addEventListener('themechange', () => {
      this.#plot.destroy();
      this.#plot = this.#make();
    });
  }

  /** Shows columns in a range, in ms. */
  show(columns: ChartColumns, from: number, to: number): void {
    [this.#columns, this.#from, this.#to] = [columns, from, to];
    this.#plot.setData(columns, true);
  }

  redraw(): void {
    this.#plot.redraw(false);
  }

  #size(): { width: number; height: number } {
    const width = Math.max(200, this.#place.clientWidth);
    return { width, height: width < NARROW_PX ? NARROW_HEIGHT : HEIGHT };
  }

  #make(): uPlot {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      font: `12px ${colour('--font')}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1, size: 4 },
    };
    const edge = { stroke: 'transparent', width: 0, points: { show: false } };
    const line = { points: { show: false } };
    return new uPlot(
      {
        ...this.#size(),
        ms: 1,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false } },
        scales: {
          x: { time: true, range: () => [this.#from, this.#to] },
          y: { range: () => valueRange(this.#columns) },
        },
        axes: [
          {
            ...axis,
            space: 90,
            values: (_plot, splits) => splits.map((split) => axisTime(split, splits, this.#to)),
          },
          {
            ...axis,
            size: 56,
            values: (_plot, splits) => splits.map((split) => displayValue(split, language)),
          },
        ],
        series: [
          {},
          edge,
          edge,
          { ...line, label: this.#options.valueLabel, stroke: colour('--accent'), width: 2 },
          {
            ...line,
            label: this.#options.besideLabel ?? '',
            show: this.#options.besideLabel !== undefined,
            stroke: colour('--muted'),
            width: 1,
            dash: [5, 4],
          },
        ],
        bands: [{ series: [2, 1], fill: colour('--band') }],
        hooks: {
          setSelect: [
            (plot) => {
              const { left, width } = plot.select;
              if (width < SMALLEST_DRAG_PX) return;
              const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
              plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              this.#options.zoomed(Math.round(from), Math.round(to));
            },
          ],
          setCursor: [
            (plot) => {
              this.#options.pointed(plot.cursor.idx ?? null);
            },
          ],
          draw: [
            (plot) => {
              const { marks, points } = this.#options;
              const colours = { mark: colour('--mark'), point: colour('--invalid'), font: colour('--font') };
              const isShown = ({ at }: { at: number }): boolean => at >= this.#from && at <= this.#to;
              drawMarks(plot, marks().filter(isShown), points().filter(isShown), colours);
            },
          ],
        },
      },
      this.#columns,
      this.#place,
    );
  }
}

const DAY_MS = 86_400_000;
const dayOnly = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const hourAndMinute = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function axisTime(time: number, all: readonly number[], now: number): string {
  const step = (all[1] ?? 0) - (all[0] ?? 0);
  if (step >= DAY_MS) return dayOnly.format(time);
  if (step < 60_000) return localTime(time, now);
  const date = new Date(time);
  return date.getHours() === 0 && date.getMinutes() === 0 ? dayOnly.format(time) : hourAndMinute.format(time);
}
