import { memoryApp } from './app-fixture.js';

const URL = '/api/v1/measurements/batch';

interface Answer {
  results: { status: number; value?: number; problem?: { status: number; detail: string } }[];
}

test('each report of a batch has the result that it would have had alone, in its place', async () => {
  await using fixture = await memoryApp();
  const reports = [
    { timestamp: 1000, value: 1, token: '10' },
    { timestamp: 'soon', value: 2 },
    { timestamp: 1000, value: 3, token: '10' },
    { timestamp: 2000, value: 4, token: '9' },
    { timestamp: 2000, value: 5, token: '10' },
    null,
  ];
  const response = await fixture.app.inject({ method: 'POST', url: URL, payload: { reports } });
  expect(response.statusCode).toBe(200);
  const { results } = response.json<Answer>();
  expect(results.map(({ status }) => status)).toEqual([201, 400, 200, 409, 201, 400]);
  expect(results[2]).toEqual({ status: 200, group: 'default', timestamp: 1000, value: 1 });
  expect(results[1]?.problem).toMatchObject({ status: 400, errors: [{ pointer: '/timestamp' }] });
  expect(results[3]?.problem).toMatchObject({ status: 409, newestToken: '10' });
  expect(fixture.store.reports.map(({ value }) => value)).toEqual([1, 5]);
});

test.each([
  ['no reports', {}],
  ['an empty list', { reports: [] }],
  ['a list alone', []],
  ['more than 1,000 reports', { reports: Array.from({ length: 1001 }, () => ({ timestamp: 1, value: 1 })) }],
])('%s is refused as a whole with 400', async (_name, payload) => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ method: 'POST', url: URL, payload });
  expect(response.statusCode).toBe(400);
  expect(fixture.store.reports).toEqual([]);
});

test('1,000 reports fit', async () => {
  await using fixture = await memoryApp();
  const reports = Array.from({ length: 1000 }, (_, index) => ({ timestamp: index, value: index }));
  const response = await fixture.app.inject({ method: 'POST', url: URL, payload: { reports } });
  expect(new Set(response.json<Answer>().results.map(({ status }) => status))).toEqual(new Set([201]));
});

test('a batch is answered 503 while the store is away', async () => {
  await using fixture = await memoryApp();
  fixture.store.available = false;
  const reports = [{ timestamp: 1, value: 1 }];
  const response = await fixture.app.inject({ method: 'POST', url: URL, payload: { reports } });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('2');
});
