import { memoryApp } from './app-fixture.js';

const HOSTILE = `"><script>alert(1)</script>'&<img src=x onerror=alert(2)>`;

test.each([
  ['en', ['Measurements of default', 'Server: tower-1', 'Insert', 'Clear', 'View anomaly data']],
  ['es', ['Mediciones de default', 'Servidor: tower-1', 'Insertar', 'Limpiar', 'Ver datos de anomalías']],
])('the page in %s has its title, the host, the buttons and the link', async (language, texts) => {
  await using fixture = await memoryApp();
  for (const request of [
    { url: `/?lang=${language}` },
    { url: '/', headers: { 'accept-language': `${language};q=0.9` } },
  ]) {
    const { body, statusCode, headers } = await fixture.app.inject(request);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toContain(`<html lang="${language}">`);
    for (const text of texts) expect(body).toContain(`>${text}<`);
  }
});

test('an empty group says that there are no measurements yet', async () => {
  await using fixture = await memoryApp();
  expect((await fixture.app.inject({ url: '/?lang=en' })).body).toContain('There are no measurements yet.');
  expect((await fixture.app.inject({ url: '/?lang=es' })).body).toContain('Todavía no hay mediciones.');
});

test('measurements are listed newest first with number, timestamp and value, and the list is bounded', async () => {
  await using fixture = await memoryApp();
  for (let tick = 1; tick <= 60; tick += 1) {
    await fixture.store.record({ group: 'east', timestamp: tick * 5000, value: tick + 0.25 });
  }
  const english = (await fixture.app.inject({ url: '/?group=east&lang=en' })).body;
  const items = [...english.matchAll(/<li [^>]*>([^<]*)<\/li>/g)].map(([, text]) => text);
  expect(items).toHaveLength(50);
  expect(items[0]).toBe('Measurement 60: Timestamp: 300000, Value: 60.25');
  expect(items[49]).toBe('Measurement 11: Timestamp: 55000, Value: 11.25');
  expect(english).toContain('The newest 50 are shown.');
  const spanish = (await fixture.app.inject({ url: '/?group=east&lang=es' })).body;
  expect(spanish).toContain('>Medición 60: Timestamp: 300000, Valor: 60.25<');
  expect((await fixture.app.inject({ url: '/' })).body).not.toContain('Timestamp: 300000');
});

test('who leads since when, and the sensors, those in trouble first', async () => {
  await using fixture = await memoryApp();
  await fixture.store.record({
    group: 'default',
    timestamp: 1_700_000_000_000,
    value: 79.5,
    leader: 'candidate-1',
    token: '5',
    sensors: { a: 79, b: 80 },
    stale: ['c'],
  });
  const { body } = await fixture.app.inject({ url: '/?lang=en' });
  expect(body).toMatch(
    /<strong>candidate-1<\/strong>, since <time datetime="2023-11-14T22:13:20\.000Z">2023-11-14 22:13:20 UTC<\/time>/,
  );
  const rows = [...body.matchAll(/data-id="([^"]*)"/g)].map(([, id]) => id);
  expect(rows).toEqual(['c', 'a', 'b']);
});

test('hostile ids and languages do not become HTML', async () => {
  await using fixture = await memoryApp();
  const sensor = HOSTILE.replaceAll('/', '');
  const values = Array.from({ length: 60 }, (_, index) => ({
    timestamp: index * 5000,
    value: 80 + (index % 3),
  }));
  for (const { timestamp, value } of [...values, { timestamp: 300_000, value: 5000 }]) {
    await fixture.store.record({
      group: 'default',
      timestamp,
      value,
      leader: HOSTILE,
      token: '1',
      sensors: { [sensor]: value },
    });
  }
  for (const url of ['/', '/anomalies']) {
    for (const query of [
      '',
      `?lang=${encodeURIComponent(HOSTILE)}`,
      `?group=${encodeURIComponent(HOSTILE)}`,
    ]) {
      const { body } = await fixture.app.inject({ url: `${url}${query}`, headers: { accept: 'text/html' } });
      expect(body).not.toMatch(/<script>|<img/);
    }
  }
  expect((await fixture.app.inject({ url: '/' })).body).toContain('&lt;img src=x onerror=alert(2)&gt;');
});

test('anomalies are listed with series, expected range, score and method', async () => {
  await using fixture = await memoryApp();
  for (let tick = 0; tick < 100; tick += 1) {
    const value = tick === 90 ? 200 : 80 + ((tick * 7) % 5) / 2;
    await fixture.store.record({ group: 'default', timestamp: tick * 5000, value, sensors: { '<s>': 80 } });
  }
  const english = (await fixture.app.inject({ url: '/anomalies?lang=en' })).body;
  expect(english).toContain('>Anomalies of default<');
  expect(english).toMatch(/<th scope="row">mean<\/th>\s*<td>200<\/td>/);
  expect(english).toContain('>its own past<');
  const spanish = (await fixture.app.inject({ url: '/anomalies?lang=es' })).body;
  expect(spanish).toMatch(/<th scope="row">media<\/th>\s*<td>200<\/td>/);
  const none = (await fixture.app.inject({ url: '/anomalies?lang=en&group=other' })).body;
  expect(none).toContain('No anomalies were found');
});

test('while the store is away a browser gets a page that says so and tries again', async () => {
  await using fixture = await memoryApp();
  fixture.store.available = false;
  const response = await fixture.app.inject({ url: '/?lang=es', headers: { accept: 'text/html,*/*;q=0.8' } });
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('2');
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(response.body).toContain('El almacén de mediciones no está disponible ahora.');
  expect(response.body).toContain('<meta http-equiv="refresh" content="5" />');
});

test('the files that the pages name are served', async () => {
  await using fixture = await memoryApp();
  const { body } = await fixture.app.inject({ url: '/' });
  const files = [...body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
  const font = '/assets/inter-latin-wght-normal.woff2';
  expect(files.sort()).toEqual(['/assets/icon.svg', font, '/assets/live.js', '/assets/style.css']);
  for (const url of files) expect((await fixture.app.inject({ url })).statusCode).toBe(200);
  expect((await fixture.app.inject({ url: '/assets/style.css' })).body).toContain(
    font.slice('/assets/'.length),
  );
});

test('an unknown path is a page to a browser, and a problem to a program', async () => {
  await using fixture = await memoryApp();
  const page = await fixture.app.inject({ url: '/nowhere', headers: { accept: 'text/html,*/*;q=0.8' } });
  expect(page.statusCode).toBe(404);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.body).toContain('There is no such page.');
  const problem = await fixture.app.inject({ url: '/nowhere', headers: { accept: '*/*' } });
  expect(problem.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('the pages lead to the page of access where keys are in use, and nowhere else', async () => {
  await using open = await memoryApp();
  expect((await open.app.inject({ url: '/leadership' })).body).not.toContain('/session');
  await using guarded = await memoryApp({ ingestToken: 'correct-horse-battery-staple' });
  const { body } = await guarded.app.inject({ url: '/leadership?lang=es' });
  expect(body).toMatch(/<a href="\/session\?lang=es&amp;back=%2Fleadership%3Flang%3Des">Acceso<\/a>/);
});

test('a sensor in trouble is named at the top, with its state and since when', async () => {
  await using fixture = await memoryApp();
  const report = { group: 'default', value: 79, leader: 'candidate-1', token: '5' };
  await fixture.store.record({ ...report, timestamp: 1_700_000_000_000, sensors: { a: 79, b: 80 } });
  const stale = { sensors: { a: 79 }, stale: ['b'], invalid: ['c'] };
  await fixture.store.record({ ...report, timestamp: 1_700_000_005_000, ...stale });
  for (const url of ['/', '/?parts=yes']) {
    const { body } = await fixture.app.inject({ url });
    const summary = body.slice(body.indexOf('sensors-in-mean'), body.indexOf('Lowest to highest'));
    expect(summary).toMatch(/c: invalid<\/a>\s*<span class="quiet">\s*never had a valid value/);
    expect(summary).toMatch(
      /b: stale<\/a>\s*<span class="quiet">\s*since <time datetime="2023-11-14T22:13:20\.000Z"/,
    );
  }
});

test('script and styles are sent compressed to who takes that', async () => {
  await using fixture = await memoryApp();
  for (const url of ['/assets/live.js', '/assets/style.css']) {
    const plain = await fixture.app.inject({ url, headers: { 'accept-encoding': 'identity' } });
    const small = await fixture.app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(small.headers).toMatchObject({
      ...{ 'content-encoding': 'br', vary: 'accept-encoding' },
      'content-type': plain.headers['content-type'],
    });
    expect(small.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
  }
});
