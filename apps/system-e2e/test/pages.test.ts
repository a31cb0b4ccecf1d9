import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@atalaya/test-kit';
import { type Page } from 'playwright-core';
import { type PagesWorld, STALE_SENSOR, startPagesWorld } from './support/pages-world.js';

const TIMEOUT_MS = 240_000;
const PATIENCE_MS = 90_000;
const OVERVIEW_DELAY_MS = 1_000;

let world: PagesWorld;
/** Stays open from the first test to the last, and is never loaded anew. */
let page: Page;

beforeAll(async () => {
  world = await startPagesWorld();
  page = await world.visit('/');
  await page.locator('#connection.live').waitFor();
  await page.evaluate("document.body.dataset.sameDocument = 'yes'");
  // On a busy machine the page takes the server's time from an answer that was long on its way: its clock is behind.
  await page.route('**/api/v1/overview*', async (route) => {
    try {
      const response = await route.fetch();
      await delay(OVERVIEW_DELAY_MS);
      await route.fulfill({ response });
    } catch {
      // The API is away, or the page is closed.
      await route.abort().catch(() => {});
    }
  });
}, TIMEOUT_MS);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, TIMEOUT_MS);

/** Numbers of the listed measurements, newest first. */
async function listedNumbers(): Promise<number[]> {
  const texts = await page.locator('#measurements li').allTextContents();
  return texts.map((text) => Number(/^Measurement (\d+):/.exec(text)?.[1]));
}

/** Resolves once so many more measurements are listed; with the number of the newest. */
async function moreMeasurements(count: number): Promise<number> {
  const [first = 0] = await listedNumbers();
  return waitFor(
    async () => {
      const [newest = 0] = await listedNumbers();
      return newest >= first + count && newest;
    },
    { timeoutMs: PATIENCE_MS, describe: `measurement ${first + count} on the page` },
  );
}

/** Times of the points of the chart in ms, newest first, as its table has them. */
async function chartTimes(): Promise<number[]> {
  const table = page.locator('[data-table]');
  if (!(await table.evaluate((element) => (element as unknown as { open: boolean }).open))) {
    await table.locator('summary').click();
  }
  const times = await table
    .locator('tbody time')
    .evaluateAll((elements) =>
      (elements as unknown as { dateTime: string }[]).map(({ dateTime }) => dateTime),
    );
  return times.map((time) => Date.parse(time));
}

/** How many points of the plot have the colour of takeovers. */
function markedPixels(): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector('[data-plot] canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const wanted = [0x7b, 0x3f, 0x98];
    let count = 0;
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] > 200 && wanted.every((part, index) => Math.abs(data[at + index] - part) < 12)) count += 1;
    return count;
  })()`);
}

function leader(): Promise<string> {
  return waitFor(async () => (await world.api.client.status()).leader, { timeoutMs: PATIENCE_MS });
}

test(
  'means appear by themselves, each once, in the list, the figure and the curve',
  async () => {
    await waitFor(async () => (await world.api.client.status()).leader, { timeoutMs: PATIENCE_MS });
    const newest = await moreMeasurements(3);
    const numbers = await listedNumbers();
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! - index));
    expect(newest).toBeLessThanOrEqual(numbers[0]!);
    const [last] = await world.api.client.measurements({ limit: '1' });
    await waitFor(async () => (await chartTimes())[0]! >= last!.timestamp, { timeoutMs: PATIENCE_MS });
  },
  TIMEOUT_MS,
);

test(
  'a sensor that writes no more is shown as stale, with since when, on every page that shows it',
  async () => {
    await page.locator(`#sensors .sensor.stale[data-id="${STALE_SENSOR}"]`).waitFor();
    const fact = page.locator('#sensors-in-mean').filter({ hasText: `${STALE_SENSOR}: stale` });
    await fact.filter({ hasText: /since \d\d:\d\d:\d\d\.000 · (just now|\d.* ago)/ }).waitFor();
    expect(await page.locator('#sensors .sensor').first().getAttribute('data-id')).toBe(STALE_SENSOR);
    const own = await world.visit(`/sensors/${STALE_SENSOR}`);
    await own.locator('#state.stale').waitFor();
    await own.locator('#runs li').first().filter({ hasText: 'stale' }).waitFor();
    await own.goto(`${world.api.url}/groups`);
    await own.locator('.groups').filter({ hasText: '1 stale' }).waitFor();
    await own.close();
  },
  TIMEOUT_MS,
);

test.each([
  ['SIGKILL', 'crashed'],
  ['SIGTERM', 'graceful'],
] as const)(
  '%s of the leader: the open pages mark the takeover as %s, and say who leads now',
  async (signal, end) => {
    const [before, marked] = [await leader(), await markedPixels()];
    const leadership = await world.visit('/leadership');
    await leadership.locator('#leader').filter({ hasText: before }).waitFor();
    const victim = world.candidates.get(before)!;
    await (signal === 'SIGKILL' ? victim.kill() : victim.end());
    const takeover = page
      .locator('.takeover')
      .filter({ hasText: `took over from ${before} (${end})` })
      .first();
    let shown = '';
    await waitFor(
      async () => {
        const texts = await page.locator('.takeover').allTextContents();
        const status = JSON.stringify(await world.api.client.status());
        shown = `the page has ${texts.join(' / ')}; ${await page.locator('#connection').textContent()}; the API: ${status}`;
        return takeover.isVisible();
      },
      {
        timeoutMs: PATIENCE_MS,
        describe: () =>
          [
            `the takeover from ${before}; ${shown}`,
            ...[...world.candidates.values()].flatMap(({ lines }) => lines),
          ].join('\n'),
      },
    );
    expect(await takeover.getAttribute('data-end')).toBe(end);
    expect(await takeover.textContent()).toMatch(/nobody led for [\d.]+ s/);
    const after = await leader();
    expect(after).not.toBe(before);
    await page.locator('#leader strong').filter({ hasText: after }).waitFor();
    await waitFor(async () => (await markedPixels()) > marked + 50, { timeoutMs: PATIENCE_MS });
    await leadership.locator('#leader').filter({ hasText: after }).waitFor();
    await leadership
      .locator('#terms tbody tr')
      .filter({ hasText: before })
      .filter({ hasText: end })
      .first()
      .waitFor();
    await leadership.close();
  },
  TIMEOUT_MS,
);

test(
  'ranges, zoom by drag, back, pan and the way back to now',
  async () => {
    const chart = page.locator('[data-chart]');
    const points = async (): Promise<number> => Number(await chart.getAttribute('data-points'));
    await chart.getByRole('link', { name: '1 h', exact: true }).click();
    await chart.locator('[data-resolution]').filter({ hasText: 'averages of 5 s' }).waitFor();
    await chart.getByRole('link', { name: '15 min' }).click();
    await chart.locator('[data-resolution]').filter({ hasText: 'every tick' }).waitFor();
    const all = await points();

    await chart.locator('.u-over').scrollIntoViewIfNeeded();
    const box = (await chart.locator('.u-over').boundingBox())!;
    const [y, from, to] = [box.y + box.height / 2, box.x + box.width * 0.3, box.x + box.width * 0.6];
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move(to, y, { steps: 5 });
    await page.mouse.up();
    const [undo, now, later] = ['Undo zoom', 'Now', /Later/].map((name) =>
      chart.getByRole('button', { name }),
    );
    await waitFor(async () => (await points()) < all / 2, { timeoutMs: PATIENCE_MS });
    const times = await chartTimes();
    expect((times[0]! - times.at(-1)!) / (15 * 60_000)).toBeCloseTo(0.3, 1);
    expect(await undo!.isEnabled()).toBe(true);

    await undo!.click();
    await waitFor(async () => (await points()) >= all, { timeoutMs: PATIENCE_MS });
    expect(await undo!.isDisabled()).toBe(true);

    const newest = (await chartTimes())[0]!;
    await chart.getByRole('button', { name: /Earlier/ }).click();
    await waitFor(async () => (await chartTimes())[0]! <= newest - 5 * 60_000, { timeoutMs: PATIENCE_MS });
    await later!.click();
    await waitFor(async () => (await chartTimes())[0]! >= newest, { timeoutMs: PATIENCE_MS });
    await chart.locator('[data-plot]').press('ArrowLeft');
    await waitFor(() => now!.isEnabled(), { timeoutMs: PATIENCE_MS });
    await now!.click();
    await waitFor(async () => (await chartTimes())[0]! >= newest, { timeoutMs: PATIENCE_MS });
  },
  TIMEOUT_MS,
);

test(
  'after a restart of the API the page goes on by itself, with no gap and no point twice',
  async () => {
    const [oldest] = (await listedNumbers()).slice(0, 1);
    await world.api.end();
    await page.locator('#connection').filter({ hasText: 'not connected; trying again' }).waitFor();
    await world.api.restart();
    await page.locator('#connection.live').waitFor();
    await moreMeasurements(2);
    const numbers = await listedNumbers();
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! - index));
    expect(numbers).toContain(oldest);
    // Of the curve, what these leaders have sent.
    const { terms } = (await (await fetch(`${world.api.url}/api/v1/terms`)).json()) as {
      terms: { since: number }[];
    };
    const [newest] = await world.api.client.measurements({ limit: '1' });
    await waitFor(async () => (await chartTimes())[0]! >= newest!.timestamp, { timeoutMs: PATIENCE_MS });
    const since = terms[0]!.since;
    const times = (await chartTimes()).filter((time) => time >= since);
    const stored = await world.api.client.measurements({ from: String(since), to: String(times[0]) });
    expect(times).toEqual(stored.map(({ timestamp }) => timestamp).reverse());
  },
  TIMEOUT_MS,
);

const PAGES = [
  '/',
  '/leadership',
  `/sensors/${STALE_SENSOR}`,
  '/anomalies',
  '/groups',
  '/clear',
  '/session',
  '/none',
];

test.each([
  ['es-AR', 'dark', 'es', 'rgb(13, 20, 27)'],
  ['en-GB', 'light', 'en', 'rgb(244, 246, 248)'],
] as const)(
  'every page in %s and the %s theme fits 360 px',
  async (locale, colorScheme, language, background) => {
    const visitor = await world.visit('/', { locale, colorScheme, viewport: { width: 360, height: 740 } });
    for (const path of PAGES) {
      await visitor.goto(`${world.api.url}${path}`);
      if ((await visitor.locator('#connection').count()) > 0)
        await visitor.locator('#connection.live').waitFor();
      expect(await visitor.locator('html').getAttribute('lang')).toBe(language);
      const look =
        "[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor].join(' ')";
      expect(`${path} ${await visitor.evaluate<string>(look)}`).toBe(`${path} 360 ${background}`);
    }
    await visitor.close();
  },
  TIMEOUT_MS,
);

test(
  'the switch of the theme holds on the next page, against the system',
  async () => {
    const visitor = await world.visit('/groups', { colorScheme: 'light' });
    await visitor.getByRole('link', { name: 'Dark' }).click();
    await visitor.locator('html[data-theme="dark"]').waitFor();
    await visitor.getByRole('link', { name: 'Leadership' }).click();
    // Loaded, with its styles.
    await visitor.waitForURL('**/leadership');
    expect(await visitor.locator('html').getAttribute('data-theme')).toBe('dark');
    const colour = await visitor.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(colour).toBe('rgb(13, 20, 27)');
    await visitor.close();
  },
  TIMEOUT_MS,
);

test(
  'without JavaScript the page has the curve, the takeovers and the list; insert and clear reach the open page',
  async () => {
    const plain = await world.visit('/', { javaScriptEnabled: false });
    expect(await plain.locator('[data-plot] svg polyline').count()).toBeGreaterThan(0);
    expect(await plain.locator('.takeover').count()).toBeGreaterThanOrEqual(2);
    expect(await plain.locator('#measurements li').count()).toBe(50);
    await plain.getByLabel('Value').fill('123.456');
    await plain.getByRole('button', { name: 'Insert' }).click();
    await page.getByText(/^Measurement \d+: Timestamp: \d+, Value: 123\.456$/).waitFor();

    await plain.getByRole('button', { name: 'Clear' }).click();
    // Without scripts each click loads a page.
    await plain.locator('#clear-extent li').nth(2).waitFor();
    expect(await plain.locator('#clear-extent li').allTextContents()).toEqual([
      expect.stringMatching(/^all \d+ measurements/),
      'the values of 4 sensors',
      expect.stringMatching(/^the status and \d+ terms of leadership$/),
    ]);
    await plain.getByRole('link', { name: 'Keep it' }).click();
    await plain.locator('#measurements li').nth(49).waitFor();
    expect(await plain.locator('#measurements li').count()).toBe(50);
    await plain.getByRole('button', { name: 'Clear' }).click();
    await plain.getByRole('button', { name: 'Remove all of it' }).click();
    await page.getByText(/^Measurement 1: /).waitFor();
    await plain.close();
    expect(await page.evaluate('document.body.dataset.sameDocument')).toBe('yes');
  },
  TIMEOUT_MS,
);
