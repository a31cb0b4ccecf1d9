import axe, { type AxeResults } from 'axe-core';
import { type Browser, type Page } from 'playwright-core';
import { type AppFixture, memoryApp } from './app-fixture.js';
import { launchBrowser, visit } from './launch-browser.js';

const INTERVAL_MS = 5_000;
const TICKS = 120;

let browser: Browser;
let fixture: AppFixture;
let address: string;

beforeAll(async () => {
  browser = await launchBrowser();
  fixture = await memoryApp({ ingestToken: 'correct-horse-battery-staple' });
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

async function violationsOf(page: Page, part = 'html'): Promise<string[]> {
  await page.evaluate(axe.source);
  // What passes is looked at as well, but not described: that would take longer than the rest.
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run('${part}', { resultTypes: ['violations'] })`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const PAGES = [
  '/',
  '/leadership',
  '/sensors/sensor-2',
  '/anomalies',
  '/groups',
  '/clear',
  '/session',
  '/none',
];

test.each([
  ['the light theme, English, on a desk', 'light', 'en-GB', { width: 1280, height: 800 }],
  ['the dark theme, Spanish, on a telephone', 'dark', 'es-AR', { width: 360, height: 740 }],
] as const)('no page breaks a rule of accessibility: %s', async (_name, colorScheme, locale, viewport) => {
  // Without movement, or a colour is measured on its way to another.
  const { page, context } = await visit(browser, address, {
    ...{ locale, colorScheme, viewport, reducedMotion: 'reduce' },
  });
  for (const path of PAGES) {
    await page.goto(`${address}${path}`);
    if ((await page.locator('#connection').count()) > 0) await page.locator('#connection.live').waitFor();
    if ((await page.locator('[data-chart]').count()) > 0)
      await page.locator('[data-chart][data-points] canvas').waitFor();
    expect([path, await page.locator('h1').count()]).toEqual([path, 1]);
    expect([path, await violationsOf(page)]).toEqual([path, []]);
  }
  // What only opens when somebody asks for it.
  await page.goto(address);
  await page.locator('[data-chart][data-points] canvas').waitFor();
  await page.locator('[data-table] summary').click();
  await page.locator('[data-table] tbody tr').first().waitFor();
  expect(await violationsOf(page, '[data-table]')).toEqual([]);
  await context.close();
});

test('a page that breaks rules is seen', async () => {
  const { page, context } = await visit(browser, address);
  await page.evaluate(
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<input><img src=\"/assets/icon.svg\">')",
  );
  const broken = (await violationsOf(page)).map((text) => text.split(':')[0]);
  expect(broken).toEqual(expect.arrayContaining(['label', 'image-alt']));
  await context.close();
});
