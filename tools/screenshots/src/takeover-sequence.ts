import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { openPage } from './pictures.js';
import { type ShownSystem } from './shown-system.js';

const VIEWPORT = { width: 900, height: 760 };
const TAKEOVER_TIMEOUT_MS = 60_000;

/**
 * Kills the leader while a page is open, and takes pictures of what the page shows by itself: before, with the mark of the
 * takeover, and a few ticks later.
 */
export async function takeTakeover(browser: Browser, system: ShownSystem, folder: string): Promise<void> {
  const page = await openPage(browser, system.url, { theme: 'light', viewport: VIEWPORT });
  const picture = async (step: number, name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `takeover-${step}-${name}.png`) });
  };
  await picture(1, 'before');
  const killed = await system.killLeader();
  const takeover = page.locator('.takeover').filter({ hasText: `took over from ${killed} (crashed)` });
  await takeover.first().waitFor({ timeout: TAKEOVER_TIMEOUT_MS });
  await page.locator('#leader').filter({ hasNotText: killed }).waitFor();
  await picture(2, 'taken-over');
  await nextMeans(page, 3);
  await picture(3, 'going-on');
  await page.close();
}

/** Resolves when the page has shown so many more means. */
async function nextMeans(page: Page, count: number): Promise<void> {
  const first = page.locator('#measurements li').first();
  for (let shown = 0; shown < count; shown += 1) {
    const text = (await first.textContent()) ?? '';
    await first.filter({ hasNotText: text }).waitFor();
  }
}
