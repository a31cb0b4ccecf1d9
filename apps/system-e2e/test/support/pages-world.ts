import { chromiumLaunchOptions, type StartedZooKeeper, startZooKeeper } from '@atalaya/test-kit';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type IngestApiUnderTest, ServiceUnderTest } from './service-under-test.js';

const TICK_MS = 2_000;
/** Writes its value once. */
export const STALE_SENSOR = 'still';
const PAST_TICKS = 420;
const PATIENCE_MS = 90_000;

/** A whole system that the pages show, and a browser to look at them. */
export interface PagesWorld extends AsyncDisposable {
  readonly api: IngestApiUnderTest;
  readonly candidates: ReadonlyMap<string, ServiceUnderTest>;
  /** Opens a page in a context of its own. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
}

/** Starts a ZooKeeper, the API with a past, sensors of which one will be stale, three candidates, and a browser. */
export async function startPagesWorld(): Promise<PagesWorld> {
  const [zookeeper, api, browser] = await Promise.all([
    startZooKeeper(),
    ServiceUnderTest.ingestApi({ LOG_LEVEL: 'warn' }),
    launchBrowser(),
  ]);
  await storePast(api.url);
  const candidates = new Map(['a', 'b', 'c'].map((id) => [id, startCandidate(zookeeper, api.url, id)]));
  const sensors = [
    startSensors(zookeeper, { INSTANCE_ID: 'swift', SENSOR_COUNT: '3', SAMPLE_INTERVAL_MS: '500' }),
    startSensors(zookeeper, { INSTANCE_ID: STALE_SENSOR, SAMPLE_INTERVAL_MS: '3600000' }),
  ];
  return {
    api,
    candidates,
    async visit(path, options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('close', () => {
        // The end of the browser ends its contexts as well.
        context.close().catch(() => {});
      });
      await page.goto(`${api.url}${path}`);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await Promise.all([...candidates.values(), ...sensors].map((service) => service.kill()));
      await api[Symbol.asyncDispose]();
      await zookeeper.close();
    },
  };
}

function launchBrowser(): Promise<Browser> {
  return chromium.launch(chromiumLaunchOptions());
}

function startCandidate({ connectString }: StartedZooKeeper, url: string, id: string): ServiceUnderTest {
  return ServiceUnderTest.start('leader-aggregator', {
    ...{ ZOOKEEPER_HOSTS: connectString, INGEST_URL: url, INSTANCE_ID: id, HEALTH_PORT: '' },
    // A busy machine must not cost a session: the pages would show one more takeover.
    ...{ TICK_INTERVAL_MS: String(TICK_MS), ZOOKEEPER_SESSION_TIMEOUT_MS: '6000' },
  });
}

function startSensors({ connectString }: StartedZooKeeper, env: Record<string, string>): ServiceUnderTest {
  return ServiceUnderTest.start('sensor-agent', {
    ...{ ZOOKEEPER_HOSTS: connectString, HEALTH_PORT: '', LOG_LEVEL: 'warn' },
    ...env,
  });
}

/** Fills most of the shortest range of the chart, up to a while ago. */
async function storePast(url: string): Promise<void> {
  const end = Math.floor(Date.now() / TICK_MS) * TICK_MS;
  const reports = Array.from({ length: PAST_TICKS }, (_, index) => ({
    timestamp: end - (PAST_TICKS - index) * TICK_MS,
    ...{ value: 80 + Math.sin(index / 9), min: 78, max: 82, count: 3 },
  }));
  const response = await fetch(`${url}/api/v1/measurements/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reports }),
  });
  if (!response.ok) throw new Error(`the past was answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
