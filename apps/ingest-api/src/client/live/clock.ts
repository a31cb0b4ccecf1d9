import { displayAge, displayDuration } from '../../pages/format.js';
import { fill } from '../../pages/texts/texts.js';
import { language, texts } from '../texts.js';

const TICK_MS = 1_000;

/** The server's clock, and what depends on it: times become local, ages grow, what is overdue shows. */
export interface PageClock {
  /** The server's time in ms, as far as is known. */
  now(): number;
  /** Notes the server's time, as it just said. */
  set(serverNow: number): void;
  /** Makes times below an element local and its ages right. */
  localise(root: ParentNode): void;
}

export function startClock(): PageClock {
  let offsetMs = Number(document.body.dataset.now ?? Date.now()) - Date.now();
  const clock: PageClock = {
    now: () => Date.now() + offsetMs,
    set: (serverNow) => (offsetMs = serverNow - Date.now()),
    localise: (root) => {
      for (const element of root.querySelectorAll('time')) localiseTime(element, clock.now());
      showAges(root, clock.now());
    },
  };
  clock.localise(document);
  setInterval(() => {
    if (!document.hidden) showAges(document, clock.now());
  }, TICK_MS);
  return clock;
}

const timeOfDay = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayAndTime = new Intl.DateTimeFormat(language, {
  ...{
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
});
const DAY_MS = 86_400_000;

/** A time in the visitor's zone, with the day where it is not of today. */
export function localTime(timestamp: number, now: number): string {
  const isRecent =
    Math.abs(now - timestamp) < DAY_MS && new Date(timestamp).getDate() === new Date(now).getDate();
  return (isRecent ? timeOfDay : dayAndTime).format(timestamp);
}

/** The milliseconds of a time, as they stand beside it. */
export function millisecondsOf(timestamp: number): string {
  return `.${String(timestamp % 1000).padStart(3, '0')}`;
}

function localiseTime(element: HTMLTimeElement, now: number): void {
  const timestamp = Date.parse(element.dateTime);
  if (Number.isNaN(timestamp) || element.dataset.local !== undefined) return;
  element.dataset.local = '';
  element.title = `${element.dateTime} · ${timestamp} ms`;
  const milliseconds = document.createElement('span');
  milliseconds.className = 'ms';
  milliseconds.textContent = millisecondsOf(timestamp);
  element.replaceChildren(localTime(timestamp, now), milliseconds);
}

function showAges(root: ParentNode, now: number): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-age]')) {
    setText(element, displayAge(now - Number(element.dataset.age), texts));
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-overdue-at]')) {
    const isOverdue = now >= Number(element.dataset.overdueAt);
    if (isOverdue) {
      const age = displayDuration(now - Number(element.dataset.tick), texts);
      const interval = displayDuration(Number(element.dataset.interval), texts);
      setText(element, fill(texts.overdue, { age, interval }));
    }
    element.hidden = !isOverdue;
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
