import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@atalaya/test-kit';
import { hashOf, newKey, parseKeyFile, type StoredKey } from '../src/access/api-key.js';
import { KeyRing } from '../src/access/key-ring.js';
import { keysCommand } from '../src/access/keys-command.js';
import { openKeys } from '../src/access/open-keys.js';
import { watchKeyFile } from '../src/access/watch-key-file.js';
import { type AuditEntry, openAuditLog } from '../src/audit/audit-log.js';
import { type AppFixture, appOn, bearer } from './app-fixture.js';
import { MemoryStore } from './memory-store.js';
import { recordingLogger } from './recording-logger.js';

const NOW = 1_700_000_000_000;
const TEXTS = { reader: newKey(), writer: newKey(), east: newKey(), admin: newKey(), old: newKey() };
const KEYS: StoredKey[] = [
  { name: 'reader', sha256: hashOf(TEXTS.reader), scopes: ['read'] },
  { name: 'writer', sha256: hashOf(TEXTS.writer), scopes: ['write'] },
  { name: 'east', sha256: hashOf(TEXTS.east), scopes: ['read', 'write', 'admin'], groups: ['east'] },
  { name: 'admin', sha256: hashOf(TEXTS.admin), scopes: ['read', 'admin'] },
  { name: 'old', sha256: hashOf(TEXTS.old), scopes: ['write'], expires: new Date(NOW + 1_000).toISOString() },
];

interface Fixture extends AppFixture {
  keys: KeyRing;
  entries: AuditEntry[];
  clock: { now: number };
}

async function keyedApp(anonymousReads = false): Promise<Fixture> {
  const clock = { now: NOW };
  const keys = new KeyRing(undefined, KEYS, () => clock.now);
  const entries: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void entries.push(entry), close: () => Promise.resolve() };
  const fixture = await appOn(new MemoryStore(), { keys, anonymousReads }, undefined, audit);
  return Object.assign(fixture, { keys, entries, clock });
}

const post = (group: string) =>
  ({ method: 'POST', url: '/api/v1/measurements', payload: { group, timestamp: 1, value: 1 } }) as const;
const clear = (group: string) => ({ method: 'DELETE', url: `/api/v1/measurements?group=${group}` }) as const;
const read = (group: string) => ({ method: 'GET', url: `/api/v1/measurements?group=${group}` }) as const;

test.each([
  ['reader', { read: 200, post: 403, clear: 403 }],
  ['writer', { read: 403, post: 201, clear: 403 }],
  ['admin', { read: 200, post: 403, clear: 204 }],
  ['east', { read: 403, post: 403, clear: 403 }],
  ['old', { read: 403, post: 201, clear: 403 }],
] as const)('the key %s may do what its scopes say', async (name, expected) => {
  await using fixture = await keyedApp();
  const headers = bearer(TEXTS[name]);
  const statusOf = async (request: object): Promise<number> =>
    (await fixture.app.inject({ ...request, headers })).statusCode;
  expect({
    read: await statusOf(read('default')),
    post: await statusOf(post('default')),
    clear: await statusOf(clear('default')),
  }).toEqual(expected);
});

test('a key of a group does everything there, and nothing in other groups, also in a batch', async () => {
  await using fixture = await keyedApp();
  const headers = bearer(TEXTS.east);
  const inject = async (request: object) => fixture.app.inject({ ...request, headers });
  expect((await inject(post('east'))).statusCode).toBe(201);
  expect((await inject(read('east'))).statusCode).toBe(200);
  expect((await inject(read('west'))).statusCode).toBe(403);
  expect((await inject({ url: '/detectar?dato=1' })).statusCode).toBe(403);
  expect((await inject({ url: '/detectar?dato=1&group=east' })).statusCode).toBe(200);
  expect((await inject({ url: '/metrics' })).statusCode).toBe(403);
  const reports = ['east', 'west', 'east'].map((group, index) => ({
    group,
    timestamp: 10 + index,
    value: 1,
  }));
  const batch = await inject({ method: 'POST', url: '/api/v1/measurements/batch', payload: { reports } });
  expect(batch.json<{ results: { status: number }[] }>().results.map(({ status }) => status)).toEqual([
    201, 403, 201,
  ]);
  expect((await inject(clear('west'))).statusCode).toBe(403);
  expect((await inject(clear('east'))).statusCode).toBe(204);
  expect(fixture.store.reports.filter(({ group }) => group === 'west')).toEqual([]);
});

test('a key of a group reads its own leaders and lists its own groups alone, whatever the address names', async () => {
  await using fixture = await keyedApp();
  for (const group of ['east', 'west']) {
    await fixture.store.record({ group, timestamp: 1, value: 1 });
  }
  const get = async (url: string, token = TEXTS.east) => fixture.app.inject({ url, headers: bearer(token) });
  for (const path of [
    '/api/v1/terms',
    '/api/v1/chart',
    '/leadership',
    '/clear',
    '/sensors/a',
    '/anomalies.csv',
  ]) {
    expect([path, (await get(`${path}?group=west`)).statusCode]).toEqual([path, 403]);
    expect([path, (await get(path)).statusCode]).toEqual([path, 403]);
    expect([path, (await get(`${path}?group=east`)).statusCode]).toEqual([path, 200]);
  }
  expect((await get('/metrics?group=east')).statusCode).toBe(403);
  for (const query of ['', '?group=east', '?group=west']) {
    const groupsFor = async (token: string): Promise<string[]> =>
      (await get(`/api/v1/groups${query}`, token))
        .json<{ groups: { group: string }[] }>()
        .groups.map(({ group }) => group);
    expect(await groupsFor(TEXTS.east)).toEqual(['east']);
    expect(await groupsFor(TEXTS.reader)).toEqual(['east', 'west']);
    const page = (await get(`/groups?parts=yes${query.replace('?', '&')}`)).body;
    expect([...page.matchAll(/<h2><a [^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual(['east']);
  }
});

test('a key ends at its time, and when it is removed', async () => {
  await using fixture = await keyedApp();
  const status = async (): Promise<number> =>
    (await fixture.app.inject({ ...post('default'), headers: bearer(TEXTS.old) })).statusCode;
  expect(await status()).toBe(201);
  fixture.clock.now += 1_000;
  expect(await status()).toBe(401);
  const writer = { ...post('default'), headers: bearer(TEXTS.writer) };
  expect((await fixture.app.inject(writer)).statusCode).toBe(200);
  expect(fixture.keys.replace(KEYS.filter(({ name }) => name !== 'writer'))).toMatchObject({
    removed: ['writer'],
  });
  expect((await fixture.app.inject(writer)).statusCode).toBe(401);
});

test('where reads are closed only probes and files of the pages are open, and browsers are led to the sign-in', async () => {
  await using fixture = await keyedApp();
  for (const url of [
    '/api/v1/measurements',
    '/api/v1/status',
    '/api/v1/sensors',
    '/api/v1/sensors/a/measurements',
    '/api/v1/anomalies',
    '/api/v1/stream',
    '/metrics',
    '/api/v1/groups',
    '/api/v1/terms',
    '/api/v1/chart',
    '/api/v1/overview',
    '/',
    '/leadership',
    '/sensors/a',
    '/anomalies',
    '/anomalies.csv',
    '/groups',
    '/clear',
  ]) {
    const refused = await fixture.app.inject({ url });
    expect([url, refused.statusCode]).toEqual([url, 401]);
    expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
  }
  for (const url of ['/healthz', '/readyz', '/session', '/assets/style.css', '/assets/live.js']) {
    expect((await fixture.app.inject({ url })).statusCode).toBe(200);
  }
  const page = await fixture.app.inject({ url: '/?group=east', headers: { accept: 'text/html' } });
  expect([page.statusCode, page.headers.location]).toEqual([303, '/session?back=%2F%3Fgroup%3Deast']);
});

test('where reads are open they need no key, and writes do', async () => {
  await using fixture = await keyedApp(true);
  expect((await fixture.app.inject(read('default'))).statusCode).toBe(200);
  expect((await fixture.app.inject(post('default'))).statusCode).toBe(401);
});

/** Gives a key at the sign-in page; the session's cookies. */
async function signIn(
  { app }: Fixture,
  token: string,
  back = '/',
): Promise<{ cookie: string; location: string }> {
  const form = await app.inject({ url: '/session' });
  const [, csrf = ''] = /name="_csrf" value="([^"]*)"/.exec(form.body) ?? [];
  const cookies = new Map(form.cookies.map(({ name, value }) => [name, value]));
  const header = (): string =>
    [...cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ');
  const answer = await app.inject({
    method: 'POST',
    url: '/session',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: header() },
    payload: new URLSearchParams({ _csrf: csrf, token, back }).toString(),
  });
  for (const { name, value } of answer.cookies) cookies.set(name, value);
  return { cookie: header(), location: String(answer.headers.location) };
}

test('a visitor signs in, reads, logs out and reads no more', async () => {
  await using fixture = await keyedApp();
  const { cookie, location } = await signIn(fixture, TEXTS.reader, '/anomalies');
  expect(location).toBe('/anomalies');
  const see = async (cookies: string): Promise<number> =>
    (await fixture.app.inject({ url: '/', headers: { cookie: cookies } })).statusCode;
  expect(await see(cookie)).toBe(200);
  const page = await fixture.app.inject({ url: '/session', headers: { cookie } });
  expect(page.body).toContain('<strong>reader</strong>');
  const [, csrf = ''] = /name="_csrf" value="([^"]*)"/.exec(page.body) ?? [];
  const out = await fixture.app.inject({
    method: 'POST',
    url: '/session/end',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
    payload: new URLSearchParams({ _csrf: csrf }).toString(),
  });
  expect(out.statusCode).toBe(303);
  const left = out.cookies.find(({ name }) => name === 'atalaya_session');
  expect(left).toMatchObject({ value: '' });
  expect(new Date(left?.expires ?? NOW).getTime()).toBeLessThan(Date.now());
  expect(fixture.entries.map(({ event, key }) => [event, key])).toEqual([
    ['signed-in', 'reader'],
    ['signed-out', 'reader'],
  ]);
});

test('a session ends when its key does, is replaced under its name, or loses the scope', async () => {
  await using fixture = await keyedApp();
  const { cookie } = await signIn(fixture, TEXTS.reader);
  const see = async (): Promise<number> =>
    (await fixture.app.inject({ url: '/', headers: { cookie } })).statusCode;
  expect(await see()).toBe(200);
  const reader = { name: 'reader', sha256: hashOf(TEXTS.reader), scopes: ['read' as const] };
  fixture.keys.replace([{ ...reader, sha256: hashOf(newKey()) }]);
  expect(await see()).toBe(401);
  fixture.keys.replace([reader]);
  expect(await see()).toBe(200);
  fixture.keys.replace([{ ...reader, scopes: ['write'] }]);
  expect(await see()).toBe(401);
  fixture.keys.replace([]);
  expect(await see()).toBe(401);
});

test.each(['//evil.example/', 'https://evil.example/', '/\\evil.example', ''])(
  'the sign-in leads to no other site: %j',
  async (back) => {
    await using fixture = await keyedApp();
    expect((await signIn(fixture, TEXTS.reader, back)).location).toBe('/');
  },
);

test('clears, writes by hand and refused keys are in the audit log, with the key and the address', async () => {
  await using fixture = await keyedApp();
  await fixture.app.inject({ ...clear('default'), headers: bearer(TEXTS.admin), remoteAddress: '192.0.2.1' });
  await fixture.app.inject({
    url: '/detectar?dato=5',
    headers: bearer(TEXTS.writer),
    remoteAddress: '192.0.2.2',
  });
  await fixture.app.inject({ ...post('default'), headers: bearer('wrong'), remoteAddress: '192.0.2.3' });
  await fixture.app.inject({
    ...clear('default'),
    headers: bearer(TEXTS.reader),
    remoteAddress: '192.0.2.4',
  });
  expect(fixture.entries).toMatchObject([
    { event: 'cleared', key: 'admin', address: '192.0.2.1', group: 'default' },
    { event: 'written-by-hand', key: 'writer', address: '192.0.2.2', group: 'default', value: 5 },
    { event: 'key-refused', address: '192.0.2.3', route: 'POST /api/v1/measurements' },
    { event: 'key-refused', key: 'reader', address: '192.0.2.4', reason: 'not for the scope admin' },
  ]);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="key"}')).toBe(1);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="scope"}')).toBe(1);
});

test('only the scope admin repairs, and every repair is in the audit log', async () => {
  await using fixture = await keyedApp();
  const payload = { group: 'east', after: NOW, newestToken: '4' };
  const repair = async (token: string | undefined): Promise<number> => {
    const headers = token === undefined ? {} : bearer(token);
    const request = { method: 'POST', url: '/api/v1/repair', payload, headers } as const;
    return (await fixture.app.inject({ ...request, remoteAddress: '192.0.2.1' })).statusCode;
  };
  for (const key of [TEXTS.reader, TEXTS.writer]) expect(await repair(key)).toBe(403);
  expect(await repair(undefined)).toBe(401);
  expect(await repair(TEXTS.east)).toBe(200);
  expect(await repair(TEXTS.admin)).toBe(200);
  const repaired = { event: 'repaired', address: '192.0.2.1', group: 'east', after: NOW, newestToken: '4' };
  expect(fixture.entries.filter(({ event }) => event === 'repaired')).toEqual([
    { ...repaired, key: 'east', removed: { measurements: 0, tokens: 0 } },
    { ...repaired, key: 'admin', removed: { measurements: 0, tokens: 0 } },
  ]);
});

test('a value of the form is in the audit log, by the key of the session', async () => {
  await using fixture = await keyedApp();
  const { cookie } = await signIn(fixture, TEXTS.east);
  const page = await fixture.app.inject({ url: '/session', headers: { cookie } });
  const [, csrf = ''] = /name="_csrf" value="([^"]*)"/.exec(page.body) ?? [];
  for (const [url, fields] of [
    ['/insert', { group: 'east', value: '7.5' }],
    ['/clear', { group: 'east' }],
  ] as const) {
    const answer = await fixture.app.inject({
      method: 'POST',
      url,
      remoteAddress: '192.0.2.1',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
      payload: new URLSearchParams({ _csrf: csrf, ...fields }).toString(),
    });
    expect(answer.statusCode).toBe(303);
  }
  expect(fixture.entries.slice(1)).toEqual([
    { event: 'written-by-hand', key: 'east', address: '192.0.2.1', group: 'east', value: 7.5 },
    { event: 'cleared', key: 'east', address: '192.0.2.1', group: 'east' },
  ]);
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-keys-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  test('the command makes, lists and removes keys; a server takes each change, and keeps its keys while the file is bad', async () => {
    const path = join(folder, 'sub', 'keys.json');
    const lines: string[] = [];
    const keysOf = async (...args: string[]): Promise<number> =>
      keysCommand(
        [...args, '--file', path],
        (line) => lines.push(line),
        (line) => lines.push(line),
      );
    expect(await keysOf('add', 'leader', '--groups', 'east,west', '--expires', '30')).toBe(0);
    const [secret = ''] = lines;
    expect(secret).toMatch(/^atalaya_[\w-]{43}$/);
    expect(await readFile(path, 'utf8')).not.toContain(secret);
    expect(parseKeyFile(await readFile(path, 'utf8'))).toMatchObject([
      { name: 'leader', sha256: hashOf(secret), scopes: ['write'], groups: ['east', 'west'] },
    ]);
    expect(await keysOf('add', 'leader')).toBe(1);
    expect(await keysOf('add', 'a b')).toBe(1);
    expect(await keysOf('add', 'x', '--scopes', 'all')).toBe(1);
    expect(await keysOf('add', 'x', '--expires', 'never')).toBe(1);
    expect(await keysOf('remove', 'nobody')).toBe(1);
    expect(await keysOf('dance')).toBe(1);

    const keys = new KeyRing(undefined, []);
    const { logger, entries } = recordingLogger();
    const stop = new AbortController();
    const changes: unknown[] = [];
    const watched = watchKeyFile({
      path,
      keys,
      logger,
      onChange: (change) => changes.push(change),
      signal: stop.signal,
      intervalMs: 10,
    });
    await waitFor(() => keys.find(secret)?.name === 'leader');
    const good = await readFile(path, 'utf8');
    await writeFile(path, '{"keys": [{"name": "leader"}]}');
    await waitFor(() => entries.length === 1);
    expect(entries[0]?.message).toContain('keys.0.sha256');
    expect(keys.find(secret)?.name).toBe('leader');
    await writeFile(path, good);
    expect(await keysOf('add', 'second', '--scopes', 'read,admin')).toBe(0);
    const second = lines.at(-1) ?? '';
    await waitFor(() => keys.find(second) !== undefined);
    expect(await keysOf('remove', 'leader')).toBe(0);
    await waitFor(() => keys.find(secret) === undefined);
    lines.length = 0;
    expect(await keysOf('list')).toBe(0);
    expect(lines).toEqual(['second  read,admin  all groups  without end']);
    stop.abort();
    await watched;
    expect(changes).toMatchObject([{ added: ['leader'] }, { added: ['second'] }, { removed: ['leader'] }]);
  });

  test('keys that are added and removed while the server runs are in the audit log', async () => {
    const path = join(folder, 'keys.json');
    const secrets: string[] = [];
    const keysOf = async (...args: string[]): Promise<number> =>
      keysCommand([...args, '--file', path], (line) => secrets.push(line));
    expect(await keysOf('add', 'first')).toBe(0);
    const stop = new AbortController();
    const entries: AuditEntry[] = [];
    const audit = { record: (entry: AuditEntry) => void entries.push(entry), close: () => Promise.resolve() };
    const { logger } = recordingLogger();
    const options = { logger, audit, signal: stop.signal, intervalMs: 10 };
    await openKeys({ INGEST_TOKEN: undefined, API_KEYS_FILE: path }, options);
    expect(await keysOf('add', 'second')).toBe(0);
    await waitFor(() => entries.length === 1);
    expect(await keysOf('remove', 'first')).toBe(0);
    await waitFor(() => entries.length === 2);
    stop.abort();
    expect(entries).toEqual([
      { event: 'key-changed', key: 'second', reason: 'added' },
      { event: 'key-changed', key: 'first', reason: 'removed' },
    ]);
  });

  test('the audit file has one JSON line for each entry; a flood is counted and not written', async () => {
    const path = join(folder, 'audit', 'log.jsonl');
    const { logger } = recordingLogger();
    let now = NOW;
    const audit = openAuditLog(path, logger, () => now);
    for (let index = 0; index < 1_000; index += 1) {
      audit.record({ event: 'key-refused', address: '192.0.2.1' });
    }
    audit.record({ event: 'cleared', key: 'admin', group: 'east' });
    now += 1_000;
    audit.record({ event: 'key-refused', address: '192.0.2.1' });
    await audit.close();
    const text = await readFile(path, 'utf8');
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toHaveLength(22);
    expect(entries[20]).toEqual({
      time: new Date(NOW).toISOString(),
      event: 'cleared',
      key: 'admin',
      group: 'east',
    });
    expect(entries[21]).toMatchObject({ left_out: 980 });
  });

  test('the audit file is moved aside when it is full, so that two of them are the most there is', async () => {
    const path = join(folder, 'log.jsonl');
    await writeFile(path, 'x'.repeat(10 * 1024 * 1024));
    const audit = openAuditLog(path, recordingLogger().logger);
    audit.record({ event: 'cleared' });
    await audit.close();
    expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(1);
    expect((await readFile(`${path}.1`)).length).toBe(10 * 1024 * 1024);
  });
});
