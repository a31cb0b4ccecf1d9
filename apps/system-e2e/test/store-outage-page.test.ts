import { chromiumLaunchOptions, waitFor } from '@atalaya/test-kit';
import { type Browser, chromium } from 'playwright-core';
import { ServiceUnderTest } from './support/service-under-test.js';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch(chromiumLaunchOptions());
}, 60_000);
afterAll(() => browser.close());

test('an open page says that the store was killed, and goes on with it when it is restarted', async () => {
  await using store = await ServiceUnderTest.store();
  await using api = await ServiceUnderTest.ingestApi({ REDIS_URL: store.url });
  const post = async (timestamp: number, value: number): Promise<number> => {
    const response = await fetch(`${api.url}/api/v1/measurements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timestamp, value }),
    });
    return response.status;
  };
  await waitFor(async () => (await post(1_700_000_005_000, 79.5)) === 201);
  const page = await browser.newPage({ locale: 'en-US' });
  page.setDefaultTimeout(90_000);
  await page.goto(api.url);
  await page.getByText('Measurement 1: Timestamp: 1700000005000, Value: 79.5').waitFor();
  await page.locator('#connection.live').waitFor();
  await page.evaluate("document.body.dataset.sameDocument = 'yes'");
  for (let round = 2; round <= 4; round += 1) {
    await store.kill();
    await page.getByText('the store of measurements is not available; trying again').waitFor();
    // What was there stays on the page.
    await page.getByText(`Measurement ${round - 1}: `).waitFor();
    if (process.env.SCREENSHOT !== undefined) await page.screenshot({ path: process.env.SCREENSHOT });
    await store.restart();
    await page.locator('#connection.live').waitFor();
    const tick = 1_700_000_000_000 + round * 5_000;
    await waitFor(async () => (await post(tick, round)) === 201, { timeoutMs: 30_000 });
    await page.getByText(`Measurement ${round}: Timestamp: ${tick}, Value: ${round}`).waitFor();
  }
  expect(await page.evaluate('document.body.dataset.sameDocument')).toBe('yes');
}, 180_000);
