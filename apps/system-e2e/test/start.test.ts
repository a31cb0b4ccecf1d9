import { chromiumLaunchOptions, waitFor } from '@atalaya/test-kit';
import { type Browser, chromium } from 'playwright-core';
import { Atalaya } from './support/atalaya.js';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch(chromiumLaunchOptions());
}, 60_000);
afterAll(() => browser.close());

test('means appear on the page without a reload, its buttons work, and a restart keeps the measurements', async () => {
  await using first = await Atalaya.start();
  const page = await browser.newPage({ locale: 'en-US' });
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(first.api.url);

  const items = page.getByText(/^Measurement \d+: Timestamp: \d+, Value: /);
  await waitFor(async () => (await items.count()) >= 1, {
    timeoutMs: 60_000,
    describe: 'a first mean on the page',
  });
  const before = await items.count();
  await waitFor(async () => (await items.count()) > before, { timeoutMs: 60_000, describe: 'one more mean' });

  await page.getByLabel('Value').fill('123.5');
  await page.getByRole('button', { name: 'Insert' }).click();
  await page
    .getByText(/Value: 123\.5/)
    .first()
    .waitFor();
  expect((await first.api.measurements()).map(({ value }) => value)).toContain(123.5);

  const kept = await first.api.measurements();
  expect(await first.stop()).toBe(0);
  await using second = await Atalaya.start({ folder: first.folder });
  const again = await second.api.measurements();
  expect(again.slice(0, kept.length)).toEqual(kept);

  await page.goto(second.api.url);
  await page
    .getByText(/Value: 123\.5/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('button', { name: 'Remove all of it' }).click();
  await page
    .getByText(/Value: 123\.5/)
    .first()
    .waitFor({ state: 'detached' });
  // What was there before, and no tick since.
  const cleared = new Set(again.map(({ timestamp }) => timestamp));
  expect((await second.api.measurements()).filter(({ timestamp }) => cleared.has(timestamp))).toEqual([]);
  await waitFor(async () => (await items.count()) >= 1, {
    timeoutMs: 60_000,
    describe: 'a mean after the clearing',
  });
  // The stream that broke off with the first API is the only thing that a browser may report.
  expect(errors.filter((error) => !error.includes('net::ERR_'))).toEqual([]);
}, 180_000);
