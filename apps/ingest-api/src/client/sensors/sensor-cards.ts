import { type Overview, type SensorReading } from '@atalaya/contracts';
import { byTrouble, cardContent, type CardContext, sensorCard } from '../../pages/overview/sensor-card.js';
import { displayCount } from '../../pages/format.js';
import { fill } from '../../pages/texts/texts.js';
import { type PageClock } from '../live/clock.js';
import { language, languageAsked, texts } from '../texts.js';
import { SparkLines } from './spark-lines.js';

/** A group of up to so many sensors is read at each tick, a larger one less often: it is 75 bytes a sensor. */
const OFTEN_UP_TO = 200;
const INTERVAL_MS = 400;
const LARGE_INTERVAL_MS = 15_000;

/** Cards that are made or changed in one go, lest the page stutter. */
const CARDS_IN_ONE_GO = 25;

interface Card {
  readonly element: HTMLElement;
  reading: SensorReading | undefined;
}

/** The cards of all sensors of a group: kept up to date, sorted by trouble, filtered by typing. */
export class SensorCards {
  readonly #list: HTMLElement;
  readonly #group: string;
  readonly #clock: PageClock;
  readonly #cards = new Map<string, Card>();
  readonly #sparks: SparkLines;
  readonly #filter = document.querySelector<HTMLInputElement>('#sensor-filter');
  #order: string[] = [];
  #isBusy = false;
  #again = false;

  constructor(list: HTMLElement, group: string, clock: PageClock) {
    this.#list = list;
    this.#group = group;
    this.#clock = clock;
    this.#sparks = new SparkLines(group);
    for (const element of list.querySelectorAll<HTMLElement>('[data-id]')) {
      const id = element.dataset.id ?? '';
      this.#cards.set(id, { element, reading: undefined });
      this.#order.push(id);
      this.#sparks.watch(element, id);
    }
    this.#filter?.addEventListener('input', () => {
      this.#applyFilter();
    });
    this.#filter?.closest('label')?.removeAttribute('hidden');
  }

  /** Reads the sensors anew, now or when the reading before is long enough ago. */
  refreshSoon(): void {
    if (this.#isBusy || document.hidden) {
      this.#again = true;
      return;
    }
    this.#isBusy = true;
    this.#again = false;
    void this.#refresh()
      .catch(() => {
        // The page says so already, and the next tick reads again.
      })
      .then(() => {
        const waitMs = this.#cards.size > OFTEN_UP_TO ? LARGE_INTERVAL_MS : INTERVAL_MS;
        setTimeout(() => {
          this.#isBusy = false;
          if (this.#again) this.refreshSoon();
        }, waitMs);
      });
  }

  clear(): void {
    for (const { element } of this.#cards.values()) element.remove();
    this.#cards.clear();
    this.#order = [];
    this.#sparks.forget();
    this.refreshSoon();
  }

  async #refresh(): Promise<void> {
    const response = await fetch(
      `/api/v1/overview?sensors=true&limit=1&group=${encodeURIComponent(this.#group)}`,
    );
    if (!response.ok) return;
    const overview = (await response.json()) as Overview;
    this.#clock.set(overview.now);
    await this.#show(overview.sensors ?? []);
  }

  async #show(readings: SensorReading[]): Promise<void> {
    const sorted = readings.sort(byTrouble);
    const present = new Set(sorted.map(({ id }) => id));
    for (const [id, { element }] of this.#cards) {
      if (present.has(id)) continue;
      element.remove();
      this.#cards.delete(id);
    }
    for (let first = 0; first < sorted.length; first += CARDS_IN_ONE_GO) {
      if (first > 0) await nextTurn();
      this.#showSome(sorted.slice(first, first + CARDS_IN_ONE_GO));
    }
    const order = sorted.map(({ id }) => id);
    if (order.join('\n') !== this.#order.filter((id) => present.has(id)).join('\n')) await this.#sort(order);
    this.#order = order;
    this.#showCount();
  }

  #showSome(readings: readonly SensorReading[]): void {
    const context: CardContext = {
      group: this.#group,
      language,
      languageAsked,
      texts,
      now: this.#clock.now(),
    };
    for (const reading of readings) {
      const card = this.#cards.get(reading.id);
      if (card === undefined) {
        const element = elementOf(sensorCard(context, reading).text);
        this.#cards.set(reading.id, { element, reading });
        element.hidden = !this.#matches(reading.id);
        this.#list.append(element);
        this.#sparks.watch(element, reading.id);
      } else if (hasChanged(card.reading, reading)) {
        card.reading = reading;
        card.element.className = `sensor ${reading.state}`;
        const spark = card.element.querySelector('.spark');
        card.element.innerHTML = cardContent(context, reading).text;
        if (spark !== null) card.element.querySelector('.spark')?.replaceWith(spark);
      }
      if (reading.value !== null && reading.timestamp !== null) {
        this.#sparks.add(reading.id, reading.timestamp, reading.value);
      }
    }
    document.getElementById('no-sensors')?.toggleAttribute('hidden', true);
    document.getElementById('more-sensors')?.remove();
  }

  /** Puts the cards in order, moving only those that are not where they belong. */
  async #sort(order: readonly string[]): Promise<void> {
    let moved = 0;
    let before: Element | null = null;
    for (const id of order) {
      const element = this.#cards.get(id)?.element;
      if (element === undefined) continue;
      const place: Element | null =
        before === null ? this.#list.firstElementChild : before.nextElementSibling;
      if (place !== element) {
        this.#list.insertBefore(element, place);
        moved += 1;
        if (moved % CARDS_IN_ONE_GO === 0) await nextTurn();
      }
      before = element;
    }
  }

  #applyFilter(): void {
    for (const [id, { element }] of this.#cards) element.hidden = !this.#matches(id);
    this.#showCount();
  }

  #matches(id: string): boolean {
    const wanted = this.#filter?.value.trim().toLowerCase() ?? '';
    return wanted === '' || id.toLowerCase().includes(wanted);
  }

  #showCount(): void {
    const total = this.#cards.size;
    const shown = [...this.#cards.keys()].filter((id) => this.#matches(id)).length;
    const text = fill(texts.sensorsShown, {
      shown: displayCount(shown, language),
      total: displayCount(total, language),
    });
    const place = document.getElementById('sensors-shown');
    if (place !== null) place.textContent = total === 0 ? '' : text;
    document.getElementById('no-sensors')?.toggleAttribute('hidden', total > 0);
  }
}

function hasChanged(known: SensorReading | undefined, reading: SensorReading): boolean {
  return (
    known?.value !== reading.value || known.timestamp !== reading.timestamp || known.state !== reading.state
  );
}

function elementOf(html: string): HTMLElement {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content.firstElementChild as HTMLElement;
}

/** Lets the browser draw and take input. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
