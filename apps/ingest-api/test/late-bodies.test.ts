import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { waitFor } from '@atalaya/test-kit';
import { bearer, memoryApp } from './app-fixture.js';
import { RawRequest } from './raw-request.js';

const ROUNDS = 20;
/** More than a report may have, and than the buffers of a connection hold. */
const BODY_BYTES = 12_000_000;
const TOKEN = 'correct-horse-battery-staple';

const CLIENT = fileURLToPath(new URL('./all-at-once-client.mjs', import.meta.url));
const run = promisify(execFile);

/** How a process that writes all of its bodies at once is answered. */
async function answersTo(url: string, path: string, headers: Record<string, string>): Promise<unknown> {
  const args = [CLIENT, url, path, String(ROUNDS), String(BODY_BYTES), JSON.stringify(headers)];
  const { stdout } = await run(process.execPath, args, { env: {} });
  return JSON.parse(stdout);
}

test.each([
  ['a report past the limit', '/api/v1/measurements', { ...bearer(TOKEN) }, 413],
  ['a report of nobody', '/api/v1/measurements', {}, 401],
  ['a form past the limit', '/insert', { 'content-type': 'application/x-www-form-urlencoded' }, 413],
  ['what is for no path', '/nothing', {}, 404],
  ['what has no such method', '/api/v1/status', {}, 405],
  ['what is asked of a foreign host', '/api/v1/measurements', { host: 'evil.example' }, 421],
] as const)(
  'the answer to %s reaches a client that writes all of its body',
  async (_what, path, headers, status) => {
    await using fixture = await memoryApp({ ingestToken: TOKEN });
    const url = await fixture.listen();
    const sent = { 'content-type': 'application/json', ...headers };
    expect(await answersTo(url, path, sent)).toEqual(new Array(ROUNDS).fill(String(status)));
    expect(fixture.store.writesBegun).toBe(0);
  },
);

test('the rest of an answered body is read within bounds, and counts for nobody', async () => {
  await using fixture = await memoryApp({ lateBodies: { maxBytes: 100_000 }, maxBodyBytes: 10_000 });
  const url = await fixture.listen();
  using endless = new RawRequest(url);
  const headers = { 'content-type': 'application/json', 'content-length': '100000000000' };
  await endless.begin('POST', '/api/v1/measurements', headers, ' '.repeat(9_000));
  await waitFor(() => endless.statuses.length === 1);
  const rest = setInterval(() => endless.socket.write(' '.repeat(9_000)), 1);
  try {
    const other = await fetch(`${url}/api/v1/measurements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timestamp: 1, value: 1 }),
    });
    expect(other.status).toBe(201);
    await waitFor(() => endless.socket.closed || endless.socket.readableEnded);
  } finally {
    clearInterval(rest);
  }
  expect(endless.statuses).toEqual([413]);
});
