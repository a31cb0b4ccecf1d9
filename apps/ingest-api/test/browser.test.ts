import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type AppFixture, memoryApp } from './app-fixture.js';
import { launchBrowser } from './launch-browser.js';

const TOKEN = 'correct-horse-battery-staple';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** A visitor, and everything that the browser complained about. */
async function visit(
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, context, complaints };
}

async function storeTick({ store }: AppFixture, tick: number, value: number): Promise<void> {
  await store.record({
    group: 'default',
    timestamp: 1_700_000_000_000 + tick * 5000,
    value,
    count: 2,
    leader: 'candidate-1',
    token: '7',
    sensors: { 'sensor-1': value - 1, 'sensor-2': value + 1 },
    stale: tick > 1 ? ['sensor-3'] : [],
  });
}

const items = (page: Page): Promise<string[]> => page.locator('#measurements li').allTextContents();

test('new means appear without a reload, with the leader and the states of the sensors', async () => {
  await using fixture = await memoryApp();
  const { page, context, complaints } = await visit(await fixture.listen());
  await page.getByText('There are no measurements yet.').waitFor();
  await page.locator('#connection.live').waitFor();
  await page.evaluate("document.body.dataset.sameDocument = 'yes'");

  await storeTick(fixture, 1, 79.5);
  await page.getByText('Measurement 1: Timestamp: 1700000005000, Value: 79.5').waitFor();
  await storeTick(fixture, 2, 81.25);
  await page.getByText('Measurement 2: Timestamp: 1700000010000, Value: 81.25').waitFor();
  expect(await items(page)).toEqual([
    'Measurement 2: Timestamp: 1700000010000, Value: 81.25',
    'Measurement 1: Timestamp: 1700000005000, Value: 79.5',
  ]);
  expect(await page.locator('#leader').textContent()).toContain('candidate-1');
  expect(await page.locator('#sensors li').allTextContents()).toHaveLength(3);
  expect(await page.locator('#sensors li').first().textContent()).toContain('sensor-3');

  await fixture.store.clear('default');
  await page.getByText('There are no measurements yet.').waitFor();
  expect(await page.evaluate('document.body.dataset.sameDocument')).toBe('yes');
  expect(complaints).toEqual([]);
  await context.close();
});

test('a value is inserted and the group is cleared with the buttons', async () => {
  await using fixture = await memoryApp();
  const { page, context, complaints } = await visit(await fixture.listen(), { locale: 'es-AR' });
  expect(await page.title()).toBe('Mediciones de default');
  await page.getByLabel('Valor', { exact: true }).fill('79.5');
  await page.getByRole('button', { name: 'Insertar' }).click();
  await page.getByText(/^Medición 1: Timestamp: \d+, Valor: 79\.5$/).waitFor();
  await page.getByRole('button', { name: 'Limpiar' }).click();
  await page.getByRole('button', { name: 'Borrarlo todo' }).click();
  await page.getByText('Todavía no hay mediciones.').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('everything works without JavaScript', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const { page, context } = await visit(`${await fixture.listen()}/?lang=en`, { javaScriptEnabled: false });
  await page.getByLabel('Value').fill('5');
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Insert' }).click();
  expect(await items(page)).toEqual([expect.stringMatching(/^Measurement 1: .* Value: 5$/)]);
  expect(await page.getByLabel('Token').count()).toBe(0);
  await page.getByRole('link', { name: 'View anomaly data' }).click();
  expect(await page.title()).toBe('Anomalies of default');
  await page.getByRole('link', { name: 'Español' }).click();
  expect(await page.title()).toBe('Anomalías de default');
  await page.getByRole('link', { name: 'Ver mediciones' }).click();
  await page.getByRole('button', { name: 'Limpiar' }).click();
  await page.getByRole('button', { name: 'Borrarlo todo' }).click();
  expect(await page.getByText('Todavía no hay mediciones.').count()).toBe(1);
  await context.close();
});

test('a wrong token is answered with a page that leads back', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const { page, context } = await visit(await fixture.listen());
  await page.getByLabel('Value').fill('5');
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Insert' }).click();
  expect(await page.getByRole('alert').textContent()).toBe('The token is missing or not right.');
  await page.getByRole('link', { name: 'Back to the measurements' }).click();
  await page.getByLabel('Token').waitFor();
  expect(fixture.store.reports).toEqual([]);
  await context.close();
});

test('hostile ids run no script', async () => {
  await using fixture = await memoryApp();
  const hostile = `<img src=x onerror="window.hit=1"><script>window.hit=2<\u2215script>`;
  const { page, context, complaints } = await visit(await fixture.listen());
  await page.locator('#connection.live').waitFor();
  await fixture.store.record({
    group: 'default',
    timestamp: 1,
    value: 1,
    leader: hostile,
    token: '1',
    sensors: { [hostile]: 1 },
  });
  await page.locator('#sensors li').waitFor();
  await page.reload();
  expect(await page.locator('#sensors li a').textContent()).toBe(hostile);
  expect(await page.evaluate("'hit' in window")).toBe(false);
  expect(complaints).toEqual([]);
  await context.close();
});

test('the page comes back by itself when the store does', async () => {
  await using fixture = await memoryApp();
  fixture.store.available = false;
  const { page, context } = await visit(await fixture.listen());
  await page.getByRole('alert').waitFor();
  fixture.store.available = true;
  await page.getByText('There are no measurements yet.').waitFor();
  await context.close();
});

test('an open page says that the store is away, keeps what it shows, and goes on by itself', async () => {
  await using fixture = await memoryApp();
  const { page, context } = await visit(await fixture.listen(), { locale: 'es-AR' });
  await page.locator('#connection.live').waitFor();
  await storeTick(fixture, 1, 79.5);
  await page.getByText('Medición 1: ').waitFor();
  await page.evaluate("document.body.dataset.sameDocument = 'yes'");
  fixture.store.available = false;
  fixture.store.wake();
  await page.locator('#connection.store-away').waitFor();
  expect(await page.locator('#connection').textContent()).toBe(
    'el almacén de mediciones no está disponible; reintentando',
  );
  expect(await items(page)).toHaveLength(1);
  fixture.store.available = true;
  await page.locator('#connection.live').waitFor();
  await storeTick(fixture, 2, 80);
  await page.getByText('Medición 2: ').waitFor();
  expect(await page.evaluate('document.body.dataset.sameDocument')).toBe('yes');
  await context.close();
});

test('it fits a telephone: nothing is wider than the screen', async () => {
  await using fixture = await memoryApp();
  for (let tick = 1; tick <= 60; tick += 1) await storeTick(fixture, tick, 79 + 1 / tick);
  const viewport = { width: 320, height: 640 };
  const { page, context } = await visit(await fixture.listen(), { viewport });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(viewport.width);
  await context.close();
});

test('the viewer of the OpenAPI document works under its policy', async () => {
  await using fixture = await memoryApp();
  const { page, context, complaints } = await visit(`${await fixture.listen()}/docs`);
  await page.getByText('Stores the mean of a tick, and the values that it is of').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});
