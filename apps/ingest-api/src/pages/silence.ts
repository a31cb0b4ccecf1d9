import { displayDuration } from './format.js';
import { type PageContext } from './layout.js';
import { markup, type Markup } from './markup.js';
import { fill } from './texts/texts.js';

/** Ticks that may be late before a page says that no leader reports. */
const LATE_TICKS = 3;
const DEFAULT_INTERVAL_MS = 5_000;

/** The newest tick of a group, and the time between two; null where none is known. Times in ms. */
export interface NewestTick {
  tick: number | null;
  intervalMs: number | null;
}

/** Says that nobody reports, or that nobody has yet; a browser shows it as soon as it is so. */
export function silenceAlarm({ texts, now }: PageContext, newest: NewestTick): Markup {
  const { tick } = newest;
  if (tick === null) return markup`<p class="alarm">${texts.noReportYet}</p>`;
  const intervalMs = newest.intervalMs ?? DEFAULT_INTERVAL_MS;
  return markup`<p
    class="alarm"
    id="no-leader"
    data-overdue-at="${tick + LATE_TICKS * intervalMs}"
    data-tick="${tick}"
    data-interval="${intervalMs}"
    ${!isSilent(newest, now) && HIDDEN}
  >
    ${fill(texts.overdue, lateness(texts, { tick, intervalMs, now }))}
  </p>`;
}

/** The same in fewer words; undefined where a mean came in time. */
export function silenceText({ texts, now }: PageContext, newest: NewestTick): string | undefined {
  const { tick, intervalMs } = newest;
  if (tick === null || !isSilent(newest, now)) return undefined;
  return fill(texts.silent, lateness(texts, { tick, intervalMs: intervalMs ?? DEFAULT_INTERVAL_MS, now }));
}

const HIDDEN = markup`hidden`;

function isSilent({ tick, intervalMs }: NewestTick, now: number): boolean {
  return tick !== null && now >= tick + LATE_TICKS * (intervalMs ?? DEFAULT_INTERVAL_MS);
}

function lateness(
  texts: PageContext['texts'],
  { tick, intervalMs, now }: { tick: number; intervalMs: number; now: number },
): Record<'age' | 'interval', string> {
  return {
    age: displayDuration(Math.max(0, now - tick), texts),
    interval: displayDuration(intervalMs, texts),
  };
}
