import { memoryApp } from './app-fixture.js';

const URL = '/api/v1/measurements';
const TICK = 1_700_000_005_000;

test('a report is stored with 201, once; the tick sent again answers 200 with the value that is kept', async () => {
  await using fixture = await memoryApp();
  const payload = {
    group: 'east',
    timestamp: TICK,
    value: 79.5,
    count: 2,
    min: 79,
    max: 80,
    token: '12',
    leader: 'candidate-1',
    sensors: { a: 79, b: 80 },
    stale: ['c'],
    invalid: ['d'],
  };
  const first = await fixture.app.inject({ method: 'POST', url: URL, payload });
  expect(first.statusCode).toBe(201);
  expect(first.json()).toEqual({ group: 'east', timestamp: TICK, value: 79.5 });
  expect(fixture.store.reports).toEqual([payload]);

  const again = await fixture.app.inject({ method: 'POST', url: URL, payload: { ...payload, value: 1 } });
  expect(again.statusCode).toBe(200);
  expect(again.json()).toEqual({ group: 'east', timestamp: TICK, value: 79.5 });
  expect(fixture.store.reports).toHaveLength(1);
});

test('timestamp and value are enough; the group is then the default one', async () => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: TICK, value: 0 },
  });
  expect(response.statusCode).toBe(201);
  expect(response.json()).toEqual({ group: 'default', timestamp: TICK, value: 0 });
});

test('an older token is refused with 409 and the newest one', async () => {
  await using fixture = await memoryApp();
  const report = { timestamp: TICK, value: 1, token: '100' };
  await fixture.app.inject({ method: 'POST', url: URL, payload: report });
  const response = await fixture.app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: TICK + 5000, value: 2, token: '99' },
  });
  expect(response.statusCode).toBe(409);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({
    type: 'urn:atalaya:problem:stale-token',
    title: 'Conflict',
    status: 409,
    newestToken: '100',
  });
  expect(fixture.store.reports).toHaveLength(1);
});

test.each([
  ['no value', { timestamp: TICK }, '/value'],
  ['no timestamp', { value: 1 }, '/timestamp'],
  ['a null value', { timestamp: TICK, value: null }, '/value'],
  ['a text as value', { timestamp: TICK, value: '1' }, '/value'],
  ['an infinite value', `{"timestamp": ${TICK}, "value": 1e400}`, '/value'],
  ['a fraction as timestamp', { timestamp: 1.5, value: 1 }, '/timestamp'],
  ['a negative timestamp', { timestamp: -1, value: 1 }, '/timestamp'],
  ['a timestamp past the end of time', { timestamp: 8.64e15 + 1, value: 1 }, '/timestamp'],
  ['an empty group', { group: '', timestamp: TICK, value: 1 }, '/group'],
  ['a group with braces', { group: 'a}{b', timestamp: TICK, value: 1 }, '/group'],
  ['a token that is not a number', { timestamp: TICK, value: 1, token: '0x1' }, '/token'],
  ['an infinite value of a sensor', `{"timestamp": 1, "value": 1, "sensors": {"a": 1e999}}`, '/sensors/a'],
  ['a sensor with a slash', { timestamp: 1, value: 1, sensors: { 'a/b': 1 } }, '/sensors/a~1b'],
  ['stale that is no list', { timestamp: TICK, value: 1, stale: 'a' }, '/stale'],
  ['a list', [], ''],
  ['null', 'null', ''],
])('%s is refused with 400, the field is named and nothing is stored', async (_name, payload, pointer) => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({
    method: 'POST',
    url: URL,
    headers: { 'content-type': 'application/json' },
    payload,
  });
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = response.json<{ errors: { in: string; pointer: string }[] }>();
  expect(problem).toMatchObject({ title: 'Bad Request', status: 400 });
  expect(problem.errors).toContainEqual(expect.objectContaining({ in: 'body', pointer }));
  expect(fixture.store.reports).toEqual([]);
});

test.each([
  ['broken JSON', 'application/json', '{', 400],
  ['no body', 'application/json', '', 400],
  ['text', 'text/plain', 'value=1', 415],
  ['a form', 'application/x-www-form-urlencoded', 'timestamp=1&value=1', 415],
  ['XML', 'application/xml', '<a/>', 415],
])('%s is refused with a problem', async (_name, contentType, payload, status) => {
  await using fixture = await memoryApp();
  const headers = { 'content-type': contentType };
  const response = await fixture.app.inject({ method: 'POST', url: URL, headers, payload });
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({ status });
});

test('a report with 10,000 sensors fits, one with more is refused, a body past the limit is refused with 413', async () => {
  await using fixture = await memoryApp();
  const sensors = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`sensor-${index}`, index]),
  );
  const large = await fixture.app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: TICK, value: 1, sensors },
  });
  expect(large.statusCode).toBe(201);
  const tooMany = await fixture.app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: TICK + 5_000, value: 1, sensors: { ...sensors, another: 1 } },
  });
  expect(tooMany.statusCode).toBe(400);
  expect(tooMany.json()).toMatchObject({
    errors: [{ pointer: '/sensors', detail: 'at most 10000 sensors' }],
  });
  const tooLarge = await fixture.app.inject({
    method: 'POST',
    url: URL,
    headers: { 'content-type': 'application/json' },
    payload: `{"leader": "${'x'.repeat(8 * 1024 * 1024)}"}`,
  });
  expect(tooLarge.statusCode).toBe(413);
  expect(tooLarge.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('a sensor named like a property of objects keeps its value, one named __proto__ is left out', async () => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({
    method: 'POST',
    url: URL,
    headers: { 'content-type': 'application/json' },
    payload: `{"timestamp": 1, "value": 1, "sensors": {"constructor": 5, "toString": 6, "__proto__": 7, "a": 8}}`,
  });
  expect(response.statusCode).toBe(201);
  expect(Object.entries(fixture.store.reports[0]?.sensors ?? {})).toEqual([
    ['constructor', 5],
    ['toString', 6],
    ['a', 8],
  ]);
});

test('at most 20 mistakes of a request are listed', async () => {
  await using fixture = await memoryApp();
  const sensors = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`s${index}`, 'x']));
  const response = await fixture.app.inject({
    method: 'POST',
    url: URL,
    payload: { timestamp: TICK, value: 1, sensors },
  });
  const problem = response.json<{ errors: unknown[]; detail: string }>();
  expect(problem.errors).toHaveLength(20);
  expect(problem.detail).toContain('(and 499 more)');
});

test('the means are given out oldest first: the newest without `from`, else from there on, with a link to the rest', async () => {
  await using fixture = await memoryApp();
  for (const step of [3, 1, 2, 4]) {
    await fixture.app.inject({ method: 'POST', url: URL, payload: { timestamp: step * 1000, value: step } });
  }
  const newest = await fixture.app.inject({ url: `${URL}?limit=2` });
  expect(newest.json()).toEqual({
    group: 'default',
    measurements: [
      { timestamp: 3000, value: 3 },
      { timestamp: 4000, value: 4 },
    ],
  });
  expect(newest.headers.link).toBeUndefined();

  const first = await fixture.app.inject({ url: `${URL}?from=0&limit=3&to=9000` });
  expect(first.json<{ measurements: unknown[] }>().measurements).toHaveLength(3);
  const next = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? '';
  const rest = await fixture.app.inject({ url: next });
  expect(rest.json()).toEqual({ group: 'default', measurements: [{ timestamp: 4000, value: 4 }] });
  expect(rest.headers.link).toBeUndefined();
});

test('an unknown group has no measurements', async () => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ url: `${URL}?group=nobody` });
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ group: 'nobody', measurements: [] });
});

test.each([
  'from=',
  'from=abc',
  'from=-1',
  'from=1.5',
  'from=1e3',
  'from=99999999999999999',
  'from=5&to=4',
  'from=1&from=2',
  'limit=0',
  'limit=10001',
  'limit=',
  'bucketMs=0',
  'bucketMs=x',
  'aggregate=avg',
  'aggregate=median&bucketMs=1000',
  'group=',
  'group=a/b',
  `group=${'g'.repeat(65)}`,
])('GET with ?%s is refused with 400', async (query) => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ url: `${URL}?${query}` });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ status: 400, errors: [{ in: 'querystring' }] });
});

test('DELETE clears the group with 204', async () => {
  await using fixture = await memoryApp();
  await fixture.app.inject({ method: 'POST', url: URL, payload: { timestamp: TICK, value: 1 } });
  const response = await fixture.app.inject({ method: 'DELETE', url: URL });
  expect(response.statusCode).toBe(204);
  expect(response.body).toBe('');
  const left = await fixture.app.inject({ url: URL });
  expect(left.json()).toEqual({ group: 'default', measurements: [] });
});

test.each([
  ['leader', { leader: 'a\u001b[2Jb' }],
  ['leader', { leader: 'a\nb' }],
  ['leadership.candidates', { leadership: leadershipOf('a\u0085b') }],
  ['sensors', { sensors: { 'a\u0000b': 1 } }],
])('control characters in %s are refused with 400', async (_field, more) => {
  await using fixture = await memoryApp();
  const payload = { timestamp: TICK, value: 1, ...more };
  expect((await fixture.app.inject({ method: 'POST', url: URL, payload })).statusCode).toBe(400);
});

function leadershipOf(candidate: string) {
  return { elected: 1, at: 2, leaseMs: 1, intervalMs: 1, candidates: [candidate] };
}
