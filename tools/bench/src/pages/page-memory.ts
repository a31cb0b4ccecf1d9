import { waitFor } from '@atalaya/test-kit';
import type { Browser, CDPSession } from 'playwright-core';
import type { PagesSystem } from './pages-system.js';
import { TICK_MS } from './shown-reports.js';

/** What an open page holds after so many updates, once its garbage is collected. */
export interface PageMemory {
  readonly updates: number;
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

export interface PageMemoryOptions {
  readonly updates: number;
  /** How often in between it is looked at. */
  readonly samples: number;
}

/**
 * Keeps a page open while one tick after the other is stored, each a tick later by the clocks of the page and of the API,
 * as fast as the page shows them; its timers run as they would.
 */
export async function watchMemory(
  browser: Browser,
  system: PagesSystem,
  { updates, samples }: PageMemoryOptions,
): Promise<PageMemory[]> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.clock.install({ time: system.now() });
  await page.goto(system.url);
  await page.clock.runFor(TICK_MS);
  await page.locator('#connection.live').waitFor();
  const session = await context.newCDPSession(page);
  const found: PageMemory[] = [];
  for (let update = 0; update <= updates; update += 1) {
    if (update % Math.ceil(updates / samples) === 0) found.push(await memoryOf(session, update));
    await system.forward(TICK_MS);
    const shown = `Timestamp: ${await system.tick()},`;
    // The clock is moved until the page has the tick: what it waits for from the network takes real time.
    await waitFor(
      async () => {
        await page.clock.runFor(TICK_MS / 10);
        return page.evaluate<boolean>(
          `document.querySelector('#measurements li')?.textContent.includes('${shown}') === true`,
        );
      },
      { timeoutMs: 30_000, intervalMs: 5, describe: `the tick with ${shown} on the page` },
    );
  }
  await context.close();
  return found;
}

async function memoryOf(session: CDPSession, updates: number): Promise<PageMemory> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return { updates, heapMb: usedSize / 1_048_576, nodes, listeners: jsEventListeners };
}
