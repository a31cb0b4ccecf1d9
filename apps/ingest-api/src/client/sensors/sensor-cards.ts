import { type Overview, type SensorReading } from '@atalaya/contracts';
import { byTrouble, type CardContext, LISTED_SENSORS, sensorCard } from '../../pages/overview/sensor-card.js';
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
const CARDS_IN_ONE_GO = 20;

/** How far below the window the end of the list is when more cards are made. */
const AHEAD_PX = 600;

interface Card {
  readonly element: HTMLElement;
  reading: SensorReading | undefined;
}

/**
 * The sensors of a group as cards: kept up to date, sorted by trouble, filtered by typing. Of thousands of sensors only
 * those have a card that somebody has scrolled to; all are sorted, filtered and counted.
 */
export class SensorCards {
  readonly #list: HTMLElement;
  readonly #group: string;
  readonly #clock: PageClock;
  readonly #cards = new Map<string, Card>();
  readonly #sparks: SparkLines;
  readonly #filter = document.querySelector<HTMLInputElement>('#sensor-filter');
  /** Says how many have a card, below the list. */
  readonly #end = document.getElementById('more-sensors');
  readonly #endInView = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#showMore();
    },
    { rootMargin: `${AHEAD_PX}px` },
  );
  /** All of them, sorted; undefined until they are read. */
  #readings: SensorReading[] | undefined;
  #most = LISTED_SENSORS;
  #rendering = 0;
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
      this.#sparks.watch(element, id);
    }
    this.#filter?.addEventListener('input', () => {
      this.#most = LISTED_SENSORS;
      void this.#render();
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
        const isLarge = (this.#readings?.length ?? 0) > OFTEN_UP_TO;
        setTimeout(
          () => {
            this.#isBusy = false;
            if (this.#again) this.refreshSoon();
          },
          isLarge ? LARGE_INTERVAL_MS : INTERVAL_MS,
        );
      });
  }

  clear(): void {
    this.#readings = [];
    void this.#render();
    this.refreshSoon();
  }

  async #refresh(): Promise<void> {
    const response = await fetch(
      `/api/v1/overview?sensors=true&limit=1&group=${encodeURIComponent(this.#group)}`,
    );
    if (!response.ok) return;
    const overview = (await response.json()) as Overview;
    this.#clock.set(overview.now);
    this.#readings = (overview.sensors ?? []).sort(byTrouble);
    await this.#render();
  }

  #showMore(): void {
    if (this.#cards.size < this.#most) return;
    this.#most += LISTED_SENSORS;
    void this.#render();
  }

  /** Makes the list what it should be, in several goes; a later call takes over. */
  async #render(): Promise<void> {
    if (this.#readings === undefined) return;
    this.#rendering += 1;
    const own = this.#rendering;
    const matching = this.#readings.filter(({ id }) => this.#matches(id));
    const shown = matching.slice(0, this.#most);
    this.#removeOthers(shown);
    this.#showCounts(matching.length, this.#readings.length);
    let before: Element | null = null;
    for (const [index, reading] of shown.entries()) {
      if (index > 0 && index % CARDS_IN_ONE_GO === 0) await nextTurn();
      if (own !== this.#rendering) return;
      const element = this.#cardOf(reading);
      const place: Element | null =
        before === null ? this.#list.firstElementChild : before.nextElementSibling;
      if (place !== element) this.#list.insertBefore(element, place);
      before = element;
    }
    this.#watchEnd();
  }

  #removeOthers(shown: readonly SensorReading[]): void {
    const wanted = new Set(shown.map(({ id }) => id));
    for (const [id, { element }] of this.#cards) {
      if (wanted.has(id)) continue;
      element.remove();
      this.#cards.delete(id);
      this.#sparks.unwatch(element, id);
    }
  }

  /** The card of a sensor, up to date. */
  #cardOf(reading: SensorReading): HTMLElement {
    const { id, value, timestamp } = reading;
    let card = this.#cards.get(id);
    if (card === undefined) {
      card = { element: this.#newCard(reading), reading };
      this.#cards.set(id, card);
      this.#sparks.watch(card.element, id);
    } else if (hasChanged(card.reading, reading)) {
      card.reading = reading;
      const { element } = card;
      const fresh = this.#newCard(reading);
      element.className = fresh.className;
      // The link stays as it is, and keeps the focus if it has it.
      for (const part of ['.reading', '.state', '.quiet']) {
        const made = fresh.querySelector(part);
        if (made !== null) element.querySelector(part)?.replaceWith(made);
      }
    }
    if (value !== null && timestamp !== null) this.#sparks.add(id, timestamp, value);
    return card.element;
  }

  #newCard(reading: SensorReading): HTMLElement {
    const context: CardContext = {
      ...{ group: this.#group, language, languageAsked, texts },
      now: this.#clock.now(),
    };
    return elementOf(sensorCard(context, reading).text);
  }

  #matches(id: string): boolean {
    const wanted = this.#filter?.value.trim().toLowerCase() ?? '';
    return wanted === '' || id.toLowerCase().includes(wanted);
  }

  #showCounts(matching: number, total: number): void {
    const figures = (shown: number, all: number): Record<'shown' | 'total', string> => ({
      shown: displayCount(shown, language),
      total: displayCount(all, language),
    });
    const place = document.getElementById('sensors-shown');
    if (place !== null)
      place.textContent = total === 0 ? '' : fill(texts.sensorsShown, figures(matching, total));
    document.getElementById('no-sensors')?.toggleAttribute('hidden', total > 0);
    if (this.#end === null) return;
    this.#end.hidden = matching <= this.#most;
    this.#end.textContent = fill(texts.moreSensors, figures(Math.min(this.#most, matching), matching));
  }

  /** Anew after each rendering: the end may still be in view, which an observer would not say again. */
  #watchEnd(): void {
    this.#endInView.disconnect();
    if (this.#end?.hidden === false) this.#endInView.observe(this.#end);
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
