import { waitFor } from '@atalaya/test-kit';
import { type Browser, type CDPSession } from 'playwright-core';
import { LISTED_MEASUREMENTS } from '../src/pages/overview/listed-measurements.js';
import { type AppFixture, memoryApp } from './app-fixture.js';
import { launchBrowser, visit } from './launch-browser.js';

const SENSORS = 1_000;
const TICKS = 720;
const TICK_MS = 5_000;

/** The most that the first load of a page may send, with its script, styles, font, data and spark lines. */
const MOST_BYTES = 300_000;

let browser: Browser;
let fixture: AppFixture;
let address: string;

/** An hour of ticks up to now; the newest of them with the values of a thousand sensors, one of which is stale. */
beforeAll(async () => {
  browser = await launchBrowser();
  fixture = await memoryApp();
  const end = Math.floor(Date.now() / TICK_MS) * TICK_MS;
  for (let back = TICKS - 1; back >= 0; back -= 1)
    await storeTick(fixture, end - back * TICK_MS, back < 40 ? SENSORS : 0);
  address = await fixture.listen();
});

afterAll(async () => {
  await browser.close();
  await fixture[Symbol.asyncDispose]();
});

/** Values with all their digits, as means have them, of which few repeat. */
async function storeTick({ store }: AppFixture, timestamp: number, sensors: number): Promise<void> {
  const value = 80 + 3 * Math.sin(timestamp / 77_777);
  const ids = Array.from({ length: sensors }, (_, index) => `sensor-${1_000 + index}`);
  const read = (index: number): number =>
    Math.round(100 * (value + Math.sin(timestamp + index * 78.233))) / 100;
  await store.record({
    ...{ group: 'default', timestamp, value, min: value - 1.5, max: value + 1.75, count: ids.length },
    ...{ leader: 'candidate-1', token: '7', stale: sensors > 0 ? ['sensor-stale'] : [] },
    sensors: Object.fromEntries(ids.map((id, index) => [id, read(index)])),
  });
}

const shownCount = '#sensors-shown';

test.each(['15m', '1h'])('the first load over %s sends no more than 300 kB', async (range) => {
  const { page, context } = await visit(browser, 'about:blank', { viewport: { width: 1280, height: 800 } });
  const session = await context.newCDPSession(page);
  const [under, sent] = [new Set<string>(), { bytes: 0, finished: 0 }];
  session.on(
    'Network.requestWillBeSent',
    ({ requestId, type }) => type !== 'EventSource' && under.add(requestId),
  );
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    under.delete(requestId);
    sent.bytes += encodedDataLength;
    sent.finished += 1;
  });
  await session.send('Network.enable');
  await page.goto(`${address}/?range=${range}`);
  await page.locator('#connection.live').waitFor();
  await page.locator('[data-chart][data-points] canvas').waitFor();
  await page.locator(shownCount).filter({ hasText: '1,001 of 1,001' }).waitFor();
  await page.locator('#sensors .sensor.ok polyline').first().waitFor();
  await waitFor(() => under.size === 0, { timeoutMs: 30_000, describe: 'the last answer' });
  // Page, styles, script, font, curve, terms, parts, sensors: if these were missing, the rest would prove nothing.
  expect(sent.finished).toBeGreaterThan(8);
  expect(sent.bytes).toBeGreaterThan(90_000);
  expect(sent.bytes).toBeLessThan(MOST_BYTES);
  await context.close();
});

test('typing filters the sensors among all of them; others get their cards when they are scrolled to', async () => {
  const { page, context, complaints } = await visit(browser, address);
  await page.locator(shownCount).filter({ hasText: '1,001 of 1,001' }).waitFor();
  const cards = page.locator('#sensors .sensor');
  expect(await cards.first().getAttribute('data-id')).toBe('sensor-stale');
  const begun = await cards.count();
  expect(begun).toBeLessThan(SENSORS / 2);

  const filter = page.getByLabel('Filter by name');
  await filter.fill('SENSOR-199');
  await page.locator(shownCount).filter({ hasText: '10 of 1,001' }).waitFor();
  await waitFor(async () => (await cards.count()) === 10);
  const shown = await Promise.all((await cards.all()).map((card) => card.getAttribute('data-id')));
  expect(shown).toEqual(Array.from({ length: 10 }, (_, index) => `sensor-199${index}`));
  await cards.last().locator('polyline').waitFor();
  await filter.fill('no such sensor');
  await page.locator(shownCount).filter({ hasText: '0 of 1,001' }).waitFor();
  await waitFor(async () => (await cards.count()) === 0);

  await filter.fill('');
  await waitFor(async () => (await cards.count()) >= begun);
  await page
    .locator('#more-sensors')
    .filter({ hasText: 'of 1,001 sensors are shown' })
    .scrollIntoViewIfNeeded();
  await waitFor(async () => (await cards.count()) > begun);
  expect(complaints).toEqual([]);
  await context.close();
});

interface Held {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

async function heldBy(session: CDPSession): Promise<Held> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return { heap: usedSize, nodes, listeners: jsEventListeners };
}

test('an open page holds no more after many updates than after a few', async () => {
  await using small = await memoryApp();
  let next = Math.floor(Date.now() / TICK_MS) * TICK_MS - LISTED_MEASUREMENTS * TICK_MS;
  // The list of measurements is full.
  for (let tick = 0; tick < LISTED_MEASUREMENTS; tick += 1) await storeTick(small, (next += TICK_MS), 5);
  const { page, context } = await visit(browser, 'about:blank');
  await page.clock.install({ time: Date.now() });
  await page.goto(await small.listen());
  await page.locator('#connection.live').waitFor();
  const session = await context.newCDPSession(page);
  const update = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 1) {
      next += TICK_MS;
      await storeTick(small, next, 5);
      const newest = page
        .locator('#measurements li')
        .first()
        .filter({ hasText: String(next) });
      await waitFor(
        async () => {
          await page.clock.runFor(TICK_MS / 10);
          return (await newest.count()) > 0;
        },
        { timeoutMs: 30_000, intervalMs: 5, describe: 'the tick on the page' },
      );
    }
  };
  await update(10);
  const few = await heldBy(session);
  await update(30);
  // The browser frees what nobody holds in its own time, not all of it in one collection.
  await waitFor(async () => {
    const many = await heldBy(session);
    expect(many.listeners).toBeLessThanOrEqual(few.listeners);
    expect(many.nodes).toBeLessThanOrEqual(1.1 * few.nodes);
    expect(many.heap).toBeLessThanOrEqual(1.1 * few.heap);
    return true;
  });
  await context.close();
});
