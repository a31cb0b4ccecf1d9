import axe, { type AxeResults } from 'axe-core';
import { type Browser, type Page } from 'playwright-core';
import { type AppFixture, memoryApp } from './app-fixture.js';
import { launchBrowser } from './launch-browser.js';

const INTERVAL_MS = 5_000;
const TICKS = 120;

let browser: Browser;
let fixture: AppFixture;
let address: string;

beforeAll(async () => {
  browser = await launchBrowser();
  fixture = await memoryApp();
  await storeTicks(fixture);
  address = await fixture.listen();
});

afterAll(async () => {
  await browser.close();
  await fixture[Symbol.asyncDispose]();
});

/** Two terms, an anomaly, and sensors in every state, up to now. */
async function storeTicks({ store }: AppFixture): Promise<void> {
  const begin = Date.now() - TICKS * INTERVAL_MS;
  for (let tick = 0; tick < TICKS; tick += 1) {
    const isSecondTerm = tick >= TICKS / 2;
    await store.record({
      group: 'default',
      timestamp: begin + tick * INTERVAL_MS,
      value: tick === 100 ? 900 : 80 + (tick % 7) / 4,
      count: 2,
      leader: isSecondTerm ? 'candidate-2' : 'candidate-1',
      token: isSecondTerm ? '8' : '7',
      sensors: { 'sensor-1': 79, 'sensor-2': tick === 100 ? 1_720 : 81 + (tick % 5) },
      stale: isSecondTerm ? ['sensor-3'] : [],
      invalid: isSecondTerm ? ['sensor-4'] : [],
    });
  }
}

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const PAGES = ['/', '/leadership', '/sensors/sensor-2', '/anomalies', '/groups', '/clear'];
const THEMES = ['light', 'dark'] as const;

describe.each(THEMES)('the %s theme', (theme) => {
  test.each(PAGES)('%s breaks no rule of accessibility', async (path) => {
    // Without movement, or a colour is measured on its way to another.
    const context = await browser.newContext({
      locale: 'en-GB',
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(`${address}${path}`);
    if (path !== '/clear') await page.locator('#connection.live').waitFor();
    expect(await page.locator('h1').count()).toBe(1);
    expect(await violationsOf(page)).toEqual([]);
    await context.close();
  });
});

test('a page that breaks rules is seen', async () => {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<input><img src=\"/assets/icon.svg\">')",
  );
  const broken = (await violationsOf(page)).map((text) => text.split(':')[0]);
  expect(broken).toEqual(expect.arrayContaining(['label', 'image-alt']));
  await context.close();
});
