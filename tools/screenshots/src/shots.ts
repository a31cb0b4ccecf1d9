import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { NARROW, openPage, type Theme, THEMES, WIDE } from './pictures.js';

/** A picture of a page: the whole of it, or its first `height` pixels. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  readonly theme: Theme;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly height?: number;
}

const PAGES = {
  overview: '/',
  'overview-day': '/?range=24h',
  'overview-spanish': '/?lang=es',
  leadership: '/leadership',
  sensor: '/sensors/east-tank',
  'sensor-stale': '/sensors/south-yard',
  anomalies: '/anomalies',
  groups: '/groups',
  clear: '/clear',
  session: '/session',
  empty: '/?group=nothing-yet',
  'empty-leadership': '/leadership?group=nothing-yet',
  missing: '/nowhere',
} as const;

/** Every page, in both themes, at the width of a desk and of a telephone. */
export const EVERYTHING: readonly Shot[] = Object.entries(PAGES).flatMap(([name, path]) =>
  THEMES.flatMap((theme) => [
    { name: `${name}-${theme}-wide`, path, theme, viewport: WIDE },
    { name: `${name}-${theme}-narrow`, path, theme, viewport: NARROW },
  ]),
);

const DESK = { width: 1000, height: 800 };

/** What the docs show. */
export const DOCUMENTED: readonly Shot[] = [
  { name: 'overview-light', path: PAGES.overview, theme: 'light', viewport: DESK, height: 960 },
  { name: 'overview-dark', path: PAGES['overview-day'], theme: 'dark', viewport: DESK, height: 960 },
  { name: 'leadership-light', path: PAGES.leadership, theme: 'light', viewport: DESK, height: 900 },
  { name: 'leadership-dark', path: PAGES.leadership, theme: 'dark', viewport: DESK, height: 900 },
  { name: 'sensor-light', path: PAGES['sensor-stale'], theme: 'light', viewport: DESK, height: 900 },
  { name: 'anomalies-dark', path: PAGES.anomalies, theme: 'dark', viewport: DESK, height: 900 },
  { name: 'telephone-light', path: PAGES.overview, theme: 'light', viewport: NARROW, height: 740 },
  { name: 'telephone-dark', path: PAGES.overview, theme: 'dark', viewport: NARROW, height: 740 },
];

/** Makes the window as high as the page: cards that are out of view are not drawn. */
async function showWhole(page: Page, width: number): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height });
  for (const card of await page.locator('#sensors .sensor').all()) await card.locator('polyline').waitFor();
}

/** Opens the page, takes its picture, and closes it. */
export async function takeShot(browser: Browser, url: string, shot: Shot, folder: string): Promise<void> {
  const { name, path, theme, viewport, height } = shot;
  const page = await openPage(browser, `${url}${path}`, { theme, viewport });
  const clip = height === undefined ? {} : { clip: { x: 0, y: 0, width: viewport.width, height } };
  if (height === undefined) await showWhole(page, viewport.width);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, ...clip });
  await page.close();
}
