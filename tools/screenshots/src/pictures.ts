import { chromiumLaunchOptions } from '@atalaya/test-kit';
import { type Browser, chromium, type Page } from 'playwright-core';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

/** A Chromium without a window; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(chromiumLaunchOptions());
}

/** Opens a page of the system, and resolves when it is live and its chart, where it has one, is drawn. */
export async function openPage(
  browser: Browser,
  address: string,
  { theme, viewport }: { theme: Theme; viewport: { width: number; height: number } },
): Promise<Page> {
  const page = await browser.newPage({
    locale: 'en-GB',
    colorScheme: theme,
    viewport,
    reducedMotion: 'reduce',
  });
  await page.goto(address);
  const hasStream = (await page.locator('#connection').count()) > 0;
  if (hasStream) await page.locator('#connection.live').waitFor();
  if ((await page.locator('[data-chart]').count()) > 0)
    await page.locator('[data-chart][data-points] canvas').waitFor();
  // Spark lines are drawn where they are in view.
  if ((await page.locator('#sensors .sensor.ok').count()) > 0) {
    await page.locator('#sensors .sensor.ok').last().scrollIntoViewIfNeeded();
    await page.locator('#sensors .sensor.ok').last().locator('polyline').waitFor();
    await page.evaluate('scrollTo(0, 0)');
  }
  await page.evaluate('document.fonts.ready');
  return page;
}
