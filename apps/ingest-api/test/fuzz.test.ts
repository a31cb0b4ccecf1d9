import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { hashOf, newKey } from '../src/access/api-key.js';
import { KeyRing } from '../src/access/key-ring.js';
import { STREAM_DEFAULTS } from '../src/stream/stream-hub.js';
import { appOn, bearer, memoryApp } from './app-fixture.js';
import { type MemoryStore } from './memory-store.js';
import { startRealServer } from './real-store.js';
import { usedHeapBytes } from './used-heap.js';

/** More for a long run: FUZZ_RUNS=100000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500);
const REAL_STORE_RUNS = Math.min(RUNS, 500);
const TIMEOUT_MS = 60_000 + RUNS * 20;

/** The inputs are sent in as many parts; the heap is measured after each. */
const PARTS = 5;
const MIB = 1024 * 1024;

/** More than the noise of the measurement; a leak of 1 KiB for each input of a long run is far beyond it. */
const MAX_HEAP_GROWTH_BYTES = 24 * MIB;

/** Runs a fuzz in parts. What the store keeps is removed between them; what the app holds besides must not grow. */
async function inParts(
  name: string,
  store: MemoryStore,
  part: (numRuns: number) => Promise<void>,
): Promise<void> {
  const heap: number[] = [];
  for (let index = 0; index < PARTS; index += 1) {
    await part(Math.ceil(RUNS / PARTS));
    store.forgetAll();
    heap.push(usedHeapBytes());
  }
  const [first = 0, last = 0] = [heap[0], heap.at(-1)];
  if (process.env.FUZZ_RUNS !== undefined) {
    const course = heap.map((bytes) => (bytes / MIB).toFixed(1)).join(' → ');
    process.stderr.write(`${name}: ${RUNS} inputs, heap ${course} MiB\n`);
  }
  expect(last - first).toBeLessThan(MAX_HEAP_GROWTH_BYTES);
}

const TOKEN = 'token';

const PATHS = [
  '/api/v1/measurements',
  '/api/v1/measurements/batch',
  '/api/v1/sensors',
  '/api/v1/sensors/a/measurements',
  '/api/v1/anomalies',
  '/api/v1/status',
  '/detectar',
  '/',
  '/anomalies',
  '/insert',
  '/clear',
  '/healthz',
  '/readyz',
  '/docs',
  '/openapi.json',
  '/assets/live.js',
];

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const;

/** Text as UTF-8 can carry it: lone surrogates are replaced. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e400',
    'NaN',
    '__proto__',
    'constructor',
    '\0',
    '../..',
    '%00',
    '{}',
    'é'.repeat(200),
  ),
);
const anyNumberText = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.maxSafeNat().map(String),
  anyText,
);
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PATHS) },
  {
    weight: 2,
    arbitrary: anyText.map((id) => `/api/v1/sensors/${encodeURIComponent(wellFormed(id))}/measurements`),
  },
  { weight: 1, arbitrary: fc.webPath() },
);
const query = fc.record(
  {
    group: fc.oneof(fc.constantFrom('default', 'east'), anyText),
    from: anyNumberText,
    to: anyNumberText,
    limit: anyNumberText,
    bucketMs: anyNumberText,
    aggregate: fc.oneof(fc.constantFrom('avg', 'min', 'last'), anyText),
    dato: anyNumberText,
    lang: fc.oneof(fc.constantFrom('en', 'es'), anyText),
    sensor: anyText,
  },
  { requiredKeys: [] },
);
const report = fc.record(
  {
    group: fc.oneof(fc.constantFrom('default', 'east'), fc.anything()),
    timestamp: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.anything()),
    value: fc.oneof(fc.double(), fc.anything()),
    count: fc.oneof(fc.nat(), fc.anything()),
    min: fc.oneof(fc.double(), fc.anything()),
    max: fc.oneof(fc.double(), fc.anything()),
    token: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String), fc.anything()),
    ensemble: fc.anything(),
    leader: fc.oneof(anyText, fc.anything()),
    sensors: fc.oneof(fc.dictionary(anyText, fc.oneof(fc.double(), fc.anything())), fc.anything()),
    stale: fc.oneof(fc.array(anyText), fc.anything()),
    invalid: fc.oneof(fc.array(anyText), fc.anything()),
  },
  { requiredKeys: [] },
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const validReport = fc.record(
  {
    timestamp: fc.nat(),
    value: finite,
    sensors: fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), finite),
  },
  { requiredKeys: ['timestamp', 'value'] },
);
const json = fc
  .oneof(
    validReport,
    report,
    fc.record({ reports: fc.array(fc.oneof(report, fc.anything()), { maxLength: 5 }) }),
    fc.anything(),
  )
  .map((value): string => {
    // Of undefined and functions there is no JSON: then it is not a text, whatever the declared type says.
    const text: unknown = JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    );
    return typeof text === 'string' ? text : 'undefined';
  });
const form = fc
  .record(
    { value: anyNumberText, group: anyText, lang: anyText, token: anyText, _csrf: anyText },
    { requiredKeys: [] },
  )
  .map((fields) =>
    new URLSearchParams(
      Object.entries(fields).map(([name, value]): [string, string] => [name, wellFormed(value)]),
    ).toString(),
  );
const body = fc.oneof(
  json,
  fc.json(),
  form,
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
/** What can be in a header: other characters do not get through an HTTP client. */
const headerText = fc
  .array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));
const headers = fc.record(
  {
    'content-type': fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('application/json', 'application/x-www-form-urlencoded') },
      { weight: 1, arbitrary: headerText },
    ),
    authorization: fc.oneof(fc.constant(bearer(TOKEN).authorization), headerText),
    accept: fc.oneof(fc.constantFrom('text/html', '*/*'), headerText),
    'accept-language': fc.oneof(fc.constantFrom('es,en;q=0.5'), headerText),
    cookie: fc.oneof(
      headerText,
      headerText.map((value) => `atalaya_session=${value}; atalaya_csrf=${value}`),
    ),
    'x-forwarded-for': headerText,
    host: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('localhost', '127.0.0.1:4000', '[::1]:4000', 'ingest-api') },
      { weight: 1, arbitrary: fc.constantFrom('evil.example', 'localhost.evil.example:80', '') },
      { weight: 1, arbitrary: headerText },
    ),
    origin: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('http://localhost', 'http://127.0.0.1:4000') },
      { weight: 1, arbitrary: fc.constantFrom('null', 'https://evil.example') },
      { weight: 1, arbitrary: headerText },
    ),
    referer: fc.oneof(fc.constantFrom('http://localhost/', 'http://evil.example/'), headerText),
    'sec-fetch-site': fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('none', 'same-origin') },
      { weight: 1, arbitrary: fc.constantFrom('cross-site', 'same-site') },
      { weight: 1, arbitrary: headerText },
    ),
  },
  { requiredKeys: [] },
);

function addressOf(pathText: string, fields: Readonly<Record<string, string>>): string {
  const search = Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`)
    .join('&');
  return search === '' ? pathText : `${pathText}?${search}`;
}

test.each([undefined, TOKEN])(
  'no request is answered 500, and every error is a problem or a page (token %s)',
  async (ingestToken) => {
    await using fixture = await memoryApp({ ingestToken });
    const seen = new Set<number>();
    const isAnswered = fc.asyncProperty(
      fc.constantFrom(...METHODS),
      path,
      query,
      headers,
      body,
      async (method, to, fields, head, payload) => {
        const withBody = method !== 'GET' && method !== 'HEAD';
        const response = await fixture.app.inject({
          method,
          url: addressOf(to, fields),
          headers: head,
          ...(withBody ? { payload } : {}),
        });
        seen.add(response.statusCode);
        expect(response.statusCode).not.toBe(500);
        if (response.statusCode < 400 || method === 'HEAD') return;
        const type = String(response.headers['content-type']);
        if (type.startsWith('text/html')) return;
        expect(type).toMatch(/^application\/problem\+json/);
        expect(response.json()).toMatchObject({ status: response.statusCode });
      },
    );
    await inParts('requests', fixture.store, (numRuns) => fc.assert(isAnswered, { numRuns }));
    // The inputs reach the handlers, and not only the first check.
    for (const status of [200, 400, 403, 404, 405, 415, 421]) expect(seen).toContain(status);
  },
  TIMEOUT_MS,
);

/** Keys as their owners, guessers and broken programs send them. */
const KEYS = { reader: newKey(), east: newKey(), over: newKey() };
const anyKey = fc.oneof(
  fc.constantFrom(...Object.values(KEYS).map((key) => `Bearer ${key}`)),
  fc.constantFrom(
    'Bearer',
    'Bearer ',
    'bearer x',
    'Basic dTpw',
    `Bearer ${newKey()}`,
    `Bearer ${KEYS.east} x`,
  ),
  fc.constantFrom(...Object.values(KEYS)).map((key) => `Bearer ${key.slice(0, -1)}`),
  headerText.map((text) => `Bearer ${text}`),
  headerText,
);
const anyHost = fc.oneof(
  fc.constantFrom('localhost', '127.0.0.1:4000', '[::1]', 'localhost.', 'LOCALHOST:80', 'tower.example.org'),
  fc.constantFrom(
    '',
    ':',
    ':80',
    '[',
    '[::1',
    'localhost:99999',
    'localhost:x',
    'a@localhost',
    'localhost, b',
  ),
  headerText,
);
const anyTime = fc.oneof(
  fc.constantFrom(0, 8.64e15, 8.64e15 + 1, 2 ** 53, -1, 0.5),
  fc.integer({ min: -700_000, max: 700_000 }).map((aheadMs) => Date.now() + aheadMs),
  fc.nat(1_000).map((factor) => Date.now() * factor),
);

test(
  'no key, host or time makes an answer of 500',
  async () => {
    const ring = new KeyRing(undefined, [
      { name: 'reader', sha256: hashOf(KEYS.reader), scopes: ['read'] },
      { name: 'east', sha256: hashOf(KEYS.east), scopes: ['read', 'write', 'admin'], groups: ['east'] },
      { name: 'over', sha256: hashOf(KEYS.over), scopes: ['write'], expires: '2001-01-01T00:00:00Z' },
    ]);
    await using server = await startRealServer();
    const options = { keys: ring, anonymousReads: false, allowedHosts: ['.example.org'] };
    await using fixture = await appOn(await server.open(), options);
    const seen = new Set<number>();
    const group = fc.constantFrom('east', 'west');
    await fc.assert(
      fc.asyncProperty(anyKey, anyHost, anyTime, group, path, async (authorization, host, time, name, to) => {
        const report = { method: 'POST', payload: { group: name, timestamp: time, value: 1 } } as const;
        const repair = { method: 'POST', payload: { group: name, after: time } } as const;
        for (const request of [
          { ...report, url: '/api/v1/measurements' },
          { ...report, url: '/api/v1/measurements/batch', payload: { reports: [report.payload] } },
          { ...repair, url: '/api/v1/repair' },
          { method: 'GET', url: addressOf(to, { group: name, from: String(time) }) } as const,
        ]) {
          const { statusCode } = await fixture.app.inject({ ...request, headers: { authorization, host } });
          seen.add(statusCode);
          expect(statusCode).toBeLessThan(500);
        }
      }),
      {
        numRuns: REAL_STORE_RUNS,
        // What gets through all checks, and what each of them ends: by chance alone one may be missing.
        examples: [
          [bearer(KEYS.east).authorization, 'localhost', Date.now(), 'east', '/api/v1/status'],
          [bearer(KEYS.east).authorization, 'localhost', -1, 'east', '/api/v1/status'],
          [bearer(KEYS.reader).authorization, 'localhost', Date.now(), 'east', '/api/v1/status'],
          [bearer(KEYS.over).authorization, 'localhost', Date.now(), 'east', '/api/v1/status'],
          [bearer(KEYS.east).authorization, '[', Date.now(), 'east', '/api/v1/status'],
        ],
      },
    );
    for (const status of [200, 201, 400, 401, 403, 421]) expect(seen).toContain(status);
  },
  TIMEOUT_MS,
);

test(
  'reports that are near to valid ones are stored or refused, never answered 500',
  async () => {
    await using fixture = await memoryApp();
    const seen = new Set<number>();
    const isAnswered = fc.asyncProperty(fc.boolean(), json, async (batch, payload) => {
      const response = await fixture.app.inject({
        method: 'POST',
        url: `/api/v1/measurements${batch ? '/batch' : ''}`,
        headers: { 'content-type': 'application/json' },
        payload,
      });
      seen.add(response.statusCode);
      expect([200, 201, 400, 409]).toContain(response.statusCode);
    });
    await inParts('reports', fixture.store, async (numRuns) => {
      await fc.assert(isAnswered, { numRuns });
      for (const { value, timestamp } of fixture.store.reports) {
        expect(Number.isFinite(value) && Number.isSafeInteger(timestamp)).toBe(true);
      }
    });
    expect(seen).toContain(201);
  },
  TIMEOUT_MS,
);

test(
  'what reports and reads do to the real store is never answered 500',
  async () => {
    await using server = await startRealServer();
    await using fixture = await appOn(await server.open());
    const group = fc.constantFrom('default', 'east');
    await fc.assert(
      fc.asyncProperty(json, path, query, group, async (payload, to, fields, name) => {
        const stored = await fixture.app.inject({
          method: 'POST',
          url: '/api/v1/measurements',
          headers: { 'content-type': 'application/json' },
          payload,
        });
        expect([200, 201, 400, 409]).toContain(stored.statusCode);
        const read = await fixture.app.inject({ url: addressOf(to, { ...fields, group: name }) });
        expect([200, 303, 400, 404, 405, 409]).toContain(read.statusCode);
      }),
      { numRuns: REAL_STORE_RUNS },
    );
  },
  TIMEOUT_MS,
);

test(
  'the stream opens or refuses for any group and any Last-Event-ID',
  async () => {
    await using fixture = await memoryApp({ stream: { ...STREAM_DEFAULTS, maxClients: 10_000 } });
    const url = await fixture.listen();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constant('default'), anyText),
        fc.oneof(fc.constant('1-0'), headerText),
        async (group, lastEventId) => {
          const abort = new AbortController();
          const response = await fetch(
            `${url}/api/v1/stream?group=${encodeURIComponent(wellFormed(group))}`,
            { headers: { 'last-event-id': lastEventId }, signal: abort.signal },
          );
          expect([200, 400]).toContain(response.status);
          abort.abort();
        },
      ),
      { numRuns: Math.min(RUNS, 500) },
    );
  },
  TIMEOUT_MS,
);

test(
  'raw bytes as a request are answered or cut, and the server lives on',
  async () => {
    await using fixture = await memoryApp();
    const url = await fixture.listen();
    const { port } = new URL(url);
    const requestLine = fc
      .tuple(fc.constantFrom(...METHODS), fc.oneof(fc.constantFrom(...PATHS), fc.string({ unit: 'binary' })))
      .map(([method, target]) =>
        Buffer.from(`${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
      );
    const bytes = fc.oneof(
      requestLine,
      fc.uint8Array().map((raw) => Buffer.from(raw)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (request) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => {});
        socket.end(request);
        const answer = (await buffer(socket).catch(() => Buffer.alloc(0))).toString('latin1');
        expect(answer).toMatch(/^(HTTP\/1\.1 (?!500)\d{3} |$)/);
      }),
      { numRuns: Math.min(RUNS, 500) },
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  },
  TIMEOUT_MS,
);
