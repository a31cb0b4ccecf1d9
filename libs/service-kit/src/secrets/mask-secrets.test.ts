import { maskSecrets, secretMask } from './mask-secrets.js';

test.each([
  ['cannot reach redis://user:hunter22@redis:6379/0', 'cannot reach redis://(hidden)@redis:6379/0'],
  ['redis://:hunter22@a:1,redis://:hunter22@b:2', 'redis://(hidden)@a:1,redis://(hidden)@b:2'],
  ['rediss://hunter22@redis', 'rediss://(hidden)@redis'],
  ['http://user:a/b@c:d@host/x', 'http://(hidden)@host/x'],
  ['{"url":"http://u:hun\\"ter22@host/","x":1}', '{"url":"http://(hidden)@host/","x":1}'],
  ['GET http://host/x?a=1&token=hunter22&b=2', 'GET http://host/x?a=1&token=(hidden)&b=2'],
  ['the header authorization: Bearer hunter22.x-y', 'the header authorization: Bearer (hidden)'],
  ['timeseries --password hunter22 --port 1', 'timeseries --password (hidden) --port 1'],
  ['timeseries --password=hunter22 --port 1', 'timeseries --password=(hidden) --port 1'],
  ['INGEST_TOKEN=hunter22 ZOOKEEPER_AUTH=u:p node', 'INGEST_TOKEN=(hidden) ZOOKEEPER_AUTH=(hidden) node'],
  [`key atalaya_${'a-B_9'.repeat(8)}xyz is wrong`, 'key (hidden) is wrong'],
])('%j is shown as %j', (text, shown) => {
  expect(maskSecrets(text)).toBe(shown);
  expect(maskSecrets(shown)).toBe(shown);
});

test.each([
  'the ingest API listens on http://127.0.0.1:4000/ and stores in Redis at redis:6379',
  'at file:///srv/node_modules/@fastify/x.js:10:5 and https://packages.example/@scope/name',
  'http://127.0.0.1:4000/@x http://api:4000/@x',
  'AUTH=(hidden): must be of the form, INGEST_TOKEN_FILE="/run/secrets/token"',
  'the fencing token 4 is older than the token 5; Bearer realm="atalaya"; basic words',
  'mail to somebody@example.org',
])('%j holds no secret and stays as it is', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('the secrets of a process are hidden wherever they stand, whole or as the password in them', () => {
  const mask = secretMask([
    'redis://u:p%2Fss-word@redis:6379',
    'user:digest-"secret"',
    'a-bearer-token',
    'short',
  ]);
  expect(mask('WRONGPASS u p/ss-word')).toBe('WRONGPASS u (hidden)');
  expect(mask('p%2Fss-word a-bearer-token')).toBe('(hidden) (hidden)');
  expect(mask(JSON.stringify({ auth: 'digest-"secret"' }))).toBe('{"auth":"(hidden)"}');
  expect(mask('in short')).toBe('in short');
});

test('a long line without an end to its URL takes no long time', () => {
  const text = `http://${'a:'.repeat(50_000)} ${'x://'.repeat(50_000)}`;
  expect(maskSecrets(text)).toBe(text);
});
