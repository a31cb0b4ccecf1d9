import { readFile } from 'node:fs/promises';
import { type Browser, type Download, type Page } from 'playwright-core';
import { type AppFixture, memoryApp } from './app-fixture.js';
import { launchBrowser, visit } from './launch-browser.js';

const TOKEN = 'correct-horse-battery-staple';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
});

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
  const { page, context, complaints } = await visit(browser, await fixture.listen());
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
  const { page, context, complaints } = await visit(browser, await fixture.listen(), { locale: 'es-AR' });
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
  const { page, context } = await visit(browser, `${await fixture.listen()}/?lang=en`, {
    javaScriptEnabled: false,
  });
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
  const { page, context } = await visit(browser, await fixture.listen());
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
  const { page, context, complaints } = await visit(browser, await fixture.listen());
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
  const { page, context } = await visit(browser, await fixture.listen());
  await page.getByRole('alert').waitFor();
  fixture.store.available = true;
  await page.getByText('There are no measurements yet.').waitFor();
  await context.close();
});

test('an open page says that the store is away, keeps what it shows, and goes on by itself', async () => {
  await using fixture = await memoryApp();
  const { page, context } = await visit(browser, await fixture.listen(), { locale: 'es-AR' });
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
  const { page, context } = await visit(browser, await fixture.listen(), { viewport });
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(viewport.width);
  await context.close();
});

test('the viewer of the OpenAPI document works under its policy', async () => {
  await using fixture = await memoryApp();
  const { page, context, complaints } = await visit(browser, `${await fixture.listen()}/docs`);
  await page.getByText('Stores the mean of a tick, and the values that it is of').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

/** Ticks of two sensors around 80, one in 5 s; at `outliers` the first sensor is far off. */
async function storeSteady({ store }: AppFixture, begin: number, outliers: readonly number[]): Promise<void> {
  for (let tick = 0; tick < 200; tick += 1) {
    const sensors = {
      'sensor-1': outliers.includes(tick) ? 20 : 80 + ((tick * 31) % 11) / 10,
      'sensor-2': 80,
    };
    const value = (sensors['sensor-1'] + sensors['sensor-2']) / 2;
    await store.record({ group: 'default', timestamp: begin + tick * 5_000, value, sensors });
  }
}

test('anomalies are filtered by sensor and time, and what is shown is what is exported', async () => {
  await using fixture = await memoryApp();
  const begin = Date.parse('2026-03-01T10:00:00Z');
  await storeSteady(fixture, begin, [120, 180]);
  const { page, context, complaints } = await visit(browser, `${await fixture.listen()}/anomalies`);
  const rows = page.locator('#anomalies tbody tr');
  const shown = async (): Promise<string[]> => {
    const times = await Promise.all(
      (await rows.locator('time').all()).map((time) => time.getAttribute('datetime')),
    );
    const names = await rows.locator('th').allTextContents();
    return times.map((time, at) => `${String(time)} ${names[at] ?? ''}`);
  };
  const outlier = (tick: number): string => new Date(begin + tick * 5_000).toISOString();
  const all = await shown();
  expect(new Set(all)).toEqual(
    new Set([180, 120].flatMap((tick) => ['mean', 'sensor-1'].map((name) => `${outlier(tick)} ${name}`))),
  );

  await page.getByRole('textbox', { name: 'Sensor' }).fill('sensor-1');
  await page.getByLabel('From (UTC)').fill('2026-03-01T10:12');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/fromTime=2026-03-01T10%3A12/);
  expect(new Set(await shown())).toEqual(new Set([`${outlier(180)} sensor-1`]));
  expect(await page.getByRole('textbox', { name: 'Sensor' }).inputValue()).toBe('sensor-1');

  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const lines = (await text(await file)).trim().split('\r\n').slice(1);
  expect(lines).toHaveLength(await rows.count());
  for (const line of lines) expect(line).toContain(`${outlier(180)},sensor-1,20,`);
  const json = page.waitForEvent('download');
  await page.getByRole('link', { name: 'JSON' }).click();
  const { anomalies } = JSON.parse(await text(await json)) as { anomalies: { sensor: string }[] };
  expect(anomalies.map(({ sensor }) => sensor)).toEqual(lines.map(() => 'sensor-1'));

  await page.getByLabel('To (UTC)').fill('2026-03-01T10:13');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('No anomalies were found').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

async function text(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}

/** An open page of a group that candidate-1 leads under the token 7 since 20 s before `now`. */
async function visitUnderLeader(fixture: Awaited<ReturnType<typeof memoryApp>>) {
  const now = Math.floor(Date.now() / 5_000) * 5_000;
  const report = { group: 'default', value: 80, count: 1 };
  await fixture.store.record({ ...report, timestamp: now - 20_000, leader: 'candidate-1', token: '7' });
  const { page, context } = await visit(browser, await fixture.listen());
  await page.locator('#connection.live').waitFor();
  await page.locator('[data-chart][data-points] canvas').waitFor();
  return { page, context, now, report };
}

test.each([
  ['superseded', 'superseded'],
  ['session-lost', 'lost session'],
] as const)('a takeover after %s is marked on the open page', async (end, words) => {
  await using fixture = await memoryApp();
  const { store } = fixture;
  const { page, context, now, report } = await visitUnderLeader(fixture);
  await store.noteTermEnd({ group: 'default', token: '7', ended: now - 15_000, end });
  await store.record({ ...report, timestamp: now - 10_000, leader: 'candidate-2', token: '8' });
  store.emit('default', 'status', await store.status('default'));
  const takeover = page.locator(`.takeover[data-end="${end}"]`);
  await takeover.filter({ hasText: `candidate-2 took over from candidate-1 (${words})` }).waitFor();
  await page.locator('#leader strong').filter({ hasText: 'candidate-2' }).waitFor();
  await page.goto(`${new URL(page.url()).origin}/leadership`);
  await page
    .locator('#terms tbody tr')
    .filter({ hasText: 'candidate-1' })
    .filter({ hasText: words })
    .waitFor();
  await context.close();
});

test('a word on the end of a term that comes after the first tick of the next one corrects the mark', async () => {
  await using fixture = await memoryApp();
  const { store } = fixture;
  const { page, context, now, report } = await visitUnderLeader(fixture);
  await store.record({ ...report, timestamp: now - 10_000, leader: 'candidate-2', token: '8' });
  store.emit('default', 'status', await store.status('default'));
  await page.locator('.takeover[data-end="crashed"]').waitFor();
  await store.noteTermEnd({ group: 'default', token: '7', ended: now - 15_000, end: 'graceful' });
  await store.record({ ...report, timestamp: now - 5_000, leader: 'candidate-2', token: '8' });
  store.emit('default', 'status', await store.status('default'));
  await page.locator('.takeover[data-end="graceful"]').waitFor();
  expect(await page.locator('.takeover').count()).toBe(1);
  await context.close();
});
