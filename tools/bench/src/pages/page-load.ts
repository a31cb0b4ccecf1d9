import { waitFor } from '@atalaya/test-kit';
import type { Browser, CDPSession, Page } from 'playwright-core';

/** What loading a page has cost; times in ms from the start of the navigation. */
export interface PageLoad {
  /** Bytes of all answers with their heads, as they came over the connection, up to the moment of rest. */
  readonly bytes: number;
  readonly requests: number;
  readonly firstContentfulPaintMs: number;
  /** The curve is drawn by the script and takes the pointer. */
  readonly chartMs: number;
  /** The page gets each tick, and its buttons and filter work. */
  readonly liveMs: number;
  /** The later of the two. */
  readonly interactiveMs: number;
  /** All sensors are read, sorted and counted, and those at the top have their cards. */
  readonly cardsMs: number;
  /** The longest task of the page's thread up to the moment of rest. */
  readonly longestTask: LongestTask;
}

/** Tasks of the thread of a page. */
export interface LongestTask {
  /** The longest by the clock, in ms: of a busy machine also the time in which others had its cores. */
  readonly wallMs: number;
  /** The longest by what it used of a core, in ms. */
  readonly cpuMs: number;
}

/** Notes in the page when it has become what is waited for; looked at in each frame that the browser draws. */
const WATCH = `(() => {
  const seen = (window.benchSeen = {});
  const note = (name, is) => { if (!(name in seen) && is()) seen[name] = performance.now(); };
  const look = () => {
    note('chart', () => document.querySelector('[data-chart][data-points] canvas') !== null);
    note('live', () => document.querySelector('#connection.live') !== null);
    note('cards', () => (document.querySelector('#sensors-shown')?.textContent ?? '') !== '');
    if (!('cards' in seen && 'chart' in seen && 'live' in seen)) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

interface Seen {
  readonly chart?: number;
  readonly live?: number;
  readonly cards?: number;
  readonly paint?: number;
}

/** Opens a page in a fresh context, with nothing cached, and waits until it is at rest; the caller closes it. */
export async function loadPage(browser: Browser, address: string): Promise<{ load: PageLoad; page: Page }> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on('close', () => {
    context.close().catch(() => {});
  });
  const session = await context.newCDPSession(page);
  const traffic = await watchTraffic(session);
  await page.addInitScript(WATCH);
  const trace = await traceTasks(browser, page);
  await page.goto(address);
  const seen = await waitFor(
    async () => {
      const found = await page.evaluate<Seen>(
        "({ ...window.benchSeen, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime })",
      );
      const isDone = ![found.chart, found.live, found.cards, found.paint].includes(undefined);
      return isDone && traffic.isAtRest() && found;
    },
    { timeoutMs: 60_000, intervalMs: 100, describe: `the page ${address} at rest` },
  );
  const longestTask = await trace();
  const { chart = NaN, live = NaN, cards = NaN, paint = NaN } = seen;
  const load = {
    ...{ bytes: traffic.bytes(), requests: traffic.requests(), firstContentfulPaintMs: paint },
    ...{ chartMs: chart, liveMs: live, interactiveMs: Math.max(chart, live), cardsMs: cards, longestTask },
  };
  return { load, page };
}

/** No answer is on its way save those of streams, and has not been for this long. */
const REST_MS = 600;

interface Traffic {
  bytes(): number;
  requests(): number;
  isAtRest(): boolean;
}

async function watchTraffic(session: CDPSession): Promise<Traffic> {
  const open = new Set<string>();
  let [bytes, requests, changedAt] = [0, 0, performance.now()];
  const ended = (id: string): void => {
    if (open.delete(id)) changedAt = performance.now();
  };
  session.on('Network.requestWillBeSent', ({ requestId, type, redirectResponse }) => {
    // A stream ends never; what it sends is what happens.
    if (type !== 'EventSource') open.add(requestId);
    if (redirectResponse === undefined) requests += 1;
    changedAt = performance.now();
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    ended(requestId);
  });
  session.on('Network.loadingFailed', ({ requestId }) => {
    ended(requestId);
  });
  await session.send('Network.enable');
  return {
    bytes: () => bytes,
    requests: () => requests,
    isAtRest: () => open.size === 0 && performance.now() - changedAt > REST_MS,
  };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** In µs, by the clock and of the core. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * Traces the tasks of the thread of a page. What is returned ends that, and resolves with the longest of the tasks:
 * also of those below the 50 ms from which the browser reports them itself.
 */
export async function traceTasks(browser: Browser, page: Page): Promise<() => Promise<LongestTask>> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
      traceEvents: TraceEvent[];
    };
    const isMain = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    const tasks = traceEvents.filter(
      ({ name, pid, tid }) => name.endsWith('RunTask') && isMain.has(`${pid} ${tid}`),
    );
    return {
      wallMs: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1_000)),
      cpuMs: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1_000)),
    };
  };
}
