import { type Measurement, type MeasurementList } from '@atalaya/contracts';

/** Values of a spark line: the last three minutes at one in 5 s. */
const POINTS = 36;
/** Readings under way together. */
const PARALLEL_READS = 3;
const WIDTH = 100;
const HEIGHT = 28;
const SVG = 'http://www.w3.org/2000/svg';

interface Spark {
  readonly element: HTMLElement;
  values: Measurement[] | undefined;
  isVisible: boolean;
}

/** Small curves of the cards that are in view; only their values are read. */
export class SparkLines {
  readonly #group: string;
  readonly #sparks = new Map<string, Spark>();
  readonly #waiting = new Set<string>();
  #reading = 0;
  readonly #observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const id = (target as HTMLElement).dataset.id ?? '';
        const spark = this.#sparks.get(id);
        if (spark === undefined) continue;
        spark.isVisible = isIntersecting;
        if (!isIntersecting) this.#waiting.delete(id);
        else if (spark.values === undefined) this.#waiting.add(id);
        else draw(spark);
      }
      this.#readNext();
    },
    { rootMargin: '300px' },
  );

  constructor(group: string) {
    this.#group = group;
  }

  watch(element: HTMLElement, id: string): void {
    this.#sparks.set(id, { element, values: undefined, isVisible: false });
    this.#observer.observe(element);
  }

  /** Forgets a card that is no more. */
  unwatch(element: HTMLElement, id: string): void {
    this.#observer.unobserve(element);
    this.#sparks.delete(id);
    this.#waiting.delete(id);
  }

  /** A sensor has a new value. */
  add(id: string, timestamp: number, value: number): void {
    const spark = this.#sparks.get(id);
    if (spark?.values === undefined || timestamp <= (spark.values.at(-1)?.timestamp ?? 0)) return;
    spark.values = [...spark.values.slice(1 - POINTS), { timestamp, value }];
    if (spark.isVisible) draw(spark);
  }

  #readNext(): void {
    for (const id of this.#waiting) {
      if (this.#reading >= PARALLEL_READS) return;
      this.#waiting.delete(id);
      this.#reading += 1;
      void this.#read(id).finally(() => {
        this.#reading -= 1;
        this.#readNext();
      });
    }
  }

  async #read(id: string): Promise<void> {
    const path = `/api/v1/sensors/${encodeURIComponent(id)}/measurements`;
    const response = await fetch(`${path}?limit=${POINTS}&group=${encodeURIComponent(this.#group)}`).catch(
      () => undefined,
    );
    const spark = this.#sparks.get(id);
    if (response?.ok !== true || spark === undefined) return;
    spark.values = ((await response.json()) as MeasurementList).measurements;
    draw(spark);
  }
}

function draw({ element, values = [] }: Spark): void {
  const place = element.querySelector('.spark');
  if (place === null || values.length < 2) return;
  const all = values.map(({ value }) => value);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const points = all.map((value, index) => {
    const x = (index / (all.length - 1)) * WIDTH;
    const y = HEIGHT - 3 - ((value - low) / (high - low || 1)) * (HEIGHT - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const line = place.querySelector('polyline') ?? newLine(place);
  line.setAttribute('points', points.join(' '));
}

function newLine(place: Element): Element {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  const line = document.createElementNS(SVG, 'polyline');
  svg.append(line);
  place.replaceChildren(svg);
  return line;
}
