import { type App } from '../src/app-types.js';
import { bearer, memoryApp } from './app-fixture.js';

const TOKEN = 'correct-horse-battery-staple';

/** A visitor without JavaScript: keeps cookies, reads the form's fields and sends it. */
class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async get(url: string): Promise<{ status: number; body: string; fields: Record<string, string> }> {
    const response = await this.#app.inject({
      url,
      headers: { accept: 'text/html', cookie: this.#cookieHeader() },
    });
    this.#keep(response.cookies);
    const inputs = response.body.matchAll(
      /<input type="(?:hidden|password|number)" name="(\w+)"(?: value="([^"]*)")?/g,
    );
    const fields = Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]));
    return { status: response.statusCode, body: response.body, fields };
  }

  async post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const response = await this.#app.inject({
      method: 'POST',
      url,
      headers: {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        cookie: this.#cookieHeader(),
        ...headers,
      },
      payload: new URLSearchParams(fields).toString(),
    });
    this.#keep(response.cookies);
    return response;
  }

  #cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ');
  }

  #keep(cookies: readonly { name: string; value: string }[]): void {
    for (const { name, value } of cookies) this.cookies.set(name, value);
  }
}

test.each([
  ['POST', '/api/v1/measurements', { timestamp: 1, value: 1 }],
  ['POST', '/api/v1/measurements/batch', { reports: [{ timestamp: 1, value: 1 }] }],
  ['DELETE', '/api/v1/measurements', undefined],
  ['GET', '/detectar?dato=1', undefined],
] as const)('%s %s needs the token where one is set', async (method, url, payload) => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const send = async (headers: Record<string, string>) =>
    fixture.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  for (const headers of [
    {},
    bearer('wrong'),
    bearer(`${TOKEN}x`),
    { authorization: TOKEN },
    { authorization: `Basic ${TOKEN}` },
    { authorization: 'Bearer ' },
  ]) {
    const refused = await send(headers);
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['www-authenticate']).toMatch(/^Bearer realm="atalaya"/);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.body).not.toContain(TOKEN);
  }
  expect(fixture.store.reports).toEqual([]);
  const taken = await send(bearer(TOKEN));
  expect([200, 201, 204]).toContain(taken.statusCode);
  expect((await send({ authorization: `bearer ${TOKEN}` })).statusCode).toBeLessThan(300);
});

test('the body of somebody without the token is not read', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const response = await fixture.app.inject({
    method: 'POST',
    url: '/api/v1/measurements',
    headers: { 'content-type': 'application/json' },
    payload: '{ this is no JSON',
  });
  expect(response.statusCode).toBe(401);
});

test('reads and pages stay open where a token is set', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  for (const url of [
    '/',
    '/anomalies',
    '/api/v1/measurements',
    '/api/v1/status',
    '/api/v1/sensors',
    '/metrics',
  ]) {
    expect((await fixture.app.inject({ url })).statusCode).toBe(200);
  }
});

test('the form asks for the token once; the cookie that it then keeps is signed, http-only and same-site', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const visitor = new Visitor(fixture.app);
  const first = await visitor.get('/?group=east&lang=es');
  expect(Object.keys(first.fields).sort()).toEqual(['_csrf', 'group', 'lang', 'token', 'value']);

  const inserted = await visitor.post('/insert', { ...first.fields, value: '79.5', token: TOKEN });
  expect(inserted.statusCode).toBe(303);
  expect(inserted.headers.location).toBe('/?group=east&lang=es');
  const session = inserted.cookies.find(({ name }) => name === 'atalaya_session');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(session?.value).not.toContain(TOKEN);
  expect(fixture.store.reports).toMatchObject([{ group: 'east', value: 79.5 }]);

  const second = await visitor.get('/?group=east');
  expect(second.fields).not.toHaveProperty('token');
  expect((await visitor.post('/insert', { ...second.fields, value: '80' })).statusCode).toBe(303);
  expect((await visitor.post('/clear', second.fields)).statusCode).toBe(303);
  expect(fixture.store.reports).toEqual([]);
});

test('a forged or altered session cookie counts as none', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const visitor = new Visitor(fixture.app);
  const { fields } = await visitor.get('/');
  await visitor.post('/insert', { ...fields, value: '1', token: TOKEN });
  const genuine = visitor.cookies.get('atalaya_session') ?? '';
  const [, signature = ''] = genuine.split('.');
  for (const forged of [String(Date.now() + 1e9), `9999999999999.${signature}`, `${genuine}x`, '', 'x.y']) {
    visitor.cookies.set('atalaya_session', forged);
    expect((await visitor.post('/insert', { ...fields, value: '2', token: '' })).statusCode).toBe(401);
  }
  visitor.cookies.set('atalaya_session', genuine);
  expect((await visitor.post('/insert', { ...fields, value: '2', token: '' })).statusCode).toBe(303);
});

test('a session is good at every replica with the same token, and at none with another', async () => {
  await using first = await memoryApp({ ingestToken: TOKEN });
  const visitor = new Visitor(first.app);
  const { fields } = await visitor.get('/');
  await visitor.post('/insert', { ...fields, value: '1', token: TOKEN });
  await using replica = await memoryApp({ ingestToken: TOKEN });
  await using other = await memoryApp({ ingestToken: 'another' });
  const at = (app: App): Visitor => {
    const there = new Visitor(app);
    for (const [name, value] of visitor.cookies) there.cookies.set(name, value);
    return there;
  };
  expect((await at(replica.app).post('/insert', { ...fields, value: '2' })).statusCode).toBe(303);
  expect((await at(other.app).post('/insert', { ...fields, value: '2' })).statusCode).toBe(403);
});

test('a wrong or missing token is a 401 page in the language of the visitor', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const visitor = new Visitor(fixture.app);
  const { fields } = await visitor.get('/?lang=es');
  for (const token of ['', 'wrong']) {
    const response = await visitor.post('/clear', { ...fields, token });
    expect(response.statusCode).toBe(401);
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.body).toContain('Falta el token o no es correcto.');
  }
  expect(visitor.cookies.has('atalaya_session')).toBe(false);
});

test('after ten wrong tokens in a minute a client is refused, also with the right one', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const visitor = new Visitor(fixture.app);
  const { fields } = await visitor.get('/');
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await visitor.post('/clear', { ...fields, token: `guess-${attempt}` })).statusCode).toBe(401);
  }
  const refused = await visitor.post('/clear', { ...fields, token: TOKEN });
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test.each([undefined, TOKEN])(
  'a form that is not from a page of this server is refused (token %s)',
  async (ingestToken) => {
    await using fixture = await memoryApp({ ingestToken });
    const visitor = new Visitor(fixture.app);
    const forged = { value: '1', group: 'default', token: TOKEN };
    expect((await visitor.post('/insert', forged)).statusCode).toBe(403);
    const { fields } = await visitor.get('/');
    expect((await visitor.post('/insert', { ...forged, _csrf: 'guess' })).statusCode).toBe(403);
    // The token of a form belongs to the visitor who got it.
    const other = new Visitor(fixture.app);
    await other.get('/');
    expect((await other.post('/insert', { ...forged, _csrf: fields._csrf ?? '' })).statusCode).toBe(403);
    expect(fixture.store.reports).toEqual([]);
    expect((await visitor.post('/insert', { ...forged, _csrf: fields._csrf ?? '' })).statusCode).toBe(303);
  },
);

test('a program posts to /insert and /clear with the bearer token and without a form', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const visitor = new Visitor(fixture.app);
  const refused = await visitor.post('/insert', { value: '1' }, { ...bearer('wrong'), accept: '*/*' });
  expect(refused.statusCode).toBe(401);
  expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect((await visitor.post('/insert', { value: '1' }, bearer(TOKEN))).statusCode).toBe(303);
  expect((await visitor.post('/clear', {}, bearer(TOKEN))).statusCode).toBe(303);
});

test('cookies are marked as secure where the visitor came over HTTPS', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN, trustedProxies: '127.0.0.1' });
  const secure = await fixture.app.inject({ url: '/', headers: { 'x-forwarded-proto': 'https' } });
  expect(secure.cookies).toMatchObject([{ name: 'atalaya_csrf', secure: true }]);
  const plain = await fixture.app.inject({ url: '/' });
  expect(plain.cookies[0]?.secure).toBeUndefined();
});

test.each([
  ['/insert', { value: '' }],
  ['/insert', { value: '79,5' }],
  ['/insert', { value: '1e400' }],
  ['/insert', {}],
  ['/insert', { value: '1', group: '<b>' }],
  ['/clear', { group: '' }],
])('a form with wrong fields sent to %s is a 400 page and changes nothing: %j', async (url, fields) => {
  await using fixture = await memoryApp();
  const visitor = new Visitor(fixture.app);
  const { fields: hidden } = await visitor.get('/');
  const response = await visitor.post(url, { _csrf: hidden._csrf ?? '', ...fields });
  expect(response.statusCode).toBe(400);
  expect(response.body).toContain('The input is not valid.');
  expect(fixture.store.reports).toEqual([]);
});

test('forms take no JSON and no large body', async () => {
  await using fixture = await memoryApp();
  const visitor = new Visitor(fixture.app);
  const { fields } = await visitor.get('/');
  const json = await visitor.post('/insert', fields, { 'content-type': 'application/json' });
  expect(json.statusCode).toBe(415);
  const large = await visitor.post('/insert', { ...fields, value: '1'.repeat(20_000) });
  expect(large.statusCode).toBe(413);
});

test('every answer has the security headers, and no policy allows inline scripts', async () => {
  await using fixture = await memoryApp();
  for (const url of [
    '/',
    '/anomalies',
    '/assets/live.js',
    '/api/v1/status',
    '/nothing',
    '/docs',
    '/healthz',
  ]) {
    const { headers } = await fixture.app.inject({ url });
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(headers['x-powered-by']).toBeUndefined();
  }
});
