import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { chromiumLaunchOptions, waitFor } from '@atalaya/test-kit';
import { type Browser, chromium } from 'playwright-core';
import { memoryApp } from './app-fixture.js';

let browser: Browser;
let site: Server;
/** What the other site serves. */
let html = '';

beforeAll(async () => {
  browser = await chromium.launch(
    // The name of the other site; it can point to any address that its owner likes.
    chromiumLaunchOptions('--host-resolver-rules=MAP evil.example 127.0.0.1'),
  );
  site = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await browser.close();
  site.close();
  site.closeAllConnections();
});

test.each([
  ['an image', (url: string) => `<img src="${url}/detectar?dato=666" referrerpolicy="no-referrer">`],
  ['a frame', (url: string) => `<iframe src="${url}/detectar?dato=666"></iframe>`],
  [
    'a link',
    (url: string) => `<a href="${url}/detectar?dato=666">x</a><script>document.links[0].click()</script>`,
  ],
  [
    'a form',
    (url: string) =>
      `<form method="post" action="${url}/clear"><input name="group" value="default"></form>` +
      '<script>document.forms[0].submit()</script>',
  ],
])('%s of a page of another site writes nothing', async (_what, content) => {
  await using fixture = await memoryApp();
  const { port } = new URL(await fixture.listen());
  await fixture.store.insertNow('default', 1);
  html = `<!doctype html>${content(`http://127.0.0.1:${port}`)}`;
  const page = await browser.newPage();
  await page.goto(`http://evil.example:${(site.address() as AddressInfo).port}/`);
  await waitFor(
    async () => (await fixture.metric('atalaya_ingest_refusals_total{reason="cross-site"}')) === 1,
  );
  await page.close();
  expect(fixture.store.reports).toMatchObject([{ value: 1 }]);
});

test('a name of another site that points to this server gets nothing from it', async () => {
  await using fixture = await memoryApp();
  const { port } = new URL(await fixture.listen());
  await fixture.store.insertNow('default', 1);
  const page = await browser.newPage();
  const answer = await page.goto(`http://evil.example:${port}/`);
  expect(answer?.status()).toBe(421);
  const statuses: unknown = await page.evaluate(`Promise.all([
    fetch('/detectar?dato=666').then(({ status }) => status),
    fetch('/api/v1/measurements', { method: 'DELETE' }).then(({ status }) => status),
    fetch('/api/v1/measurements').then(({ status }) => status),
  ])`);
  expect(statuses).toEqual([421, 421, 421]);
  await page.close();
  expect(fixture.store.reports).toMatchObject([{ value: 1 }]);
});

test('an address that somebody types writes, and so does the form of the page', async () => {
  await using fixture = await memoryApp();
  const url = await fixture.listen();
  const page = await browser.newPage();
  expect((await page.goto(`${url}/detectar?dato=79`))?.status()).toBe(200);
  await page.goto(url);
  await page.getByLabel('Value').fill('80');
  await page.getByRole('button', { name: 'Insert' }).click();
  await waitFor(() => fixture.store.reports.length === 2);
  await page.close();
  expect(fixture.store.reports).toMatchObject([{ value: 79 }, { value: 80 }]);
});
