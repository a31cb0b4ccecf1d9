import { execFileSync } from 'node:child_process';
import { waitFor } from '@atalaya/test-kit';
import { memoryApp } from './app-fixture.js';

const URL = '/api/v1/measurements';

test('the metrics pass promtool', async () => {
  await using fixture = await memoryApp();
  await fixture.app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: 5_000, value: 1 },
  });
  const input = await fixture.registry.metrics();
  expect(execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
});

test('the store, writes under way, the newest tick and the build can be seen', async () => {
  await using fixture = await memoryApp();
  const { app, store } = fixture;
  const metric = (series: string) => fixture.metric(series);
  let open = (): void => {};
  store.gate = new Promise((resolve) => (open = resolve));
  const write = app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: 7_000, value: 1 },
  });
  await waitFor(() => store.writesBegun === 1);
  expect(await metric('atalaya_ingest_writes_in_flight')).toBe(1);
  expect(await metric('atalaya_ingest_newest_tick_timestamp_seconds')).toBe(0);
  open();
  expect((await write).statusCode).toBe(201);
  await app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: 6_000, value: 1 },
  });
  expect(await metric('atalaya_ingest_newest_tick_timestamp_seconds')).toBe(7);
  await waitFor(async () => (await metric('atalaya_ingest_writes_in_flight')) === 0);
  expect(await metric('atalaya_ingest_store_up')).toBe(1);
  store.available = false;
  expect(await metric('atalaya_ingest_store_up')).toBe(0);
  expect(await fixture.registry.metrics()).toMatch(
    /^atalaya_ingest_build_info\{version="[^"]+",node="[^"]+"\} 1$/m,
  );
});
