import { hostsOf, isRedisUrls } from './redis-urls.js';

test.each([
  ['redis://localhost', true],
  ['rediss://user:secret@redis.example:6380/0', true],
  ['redis://node-1:6379,redis://node-2:6379', true],
  ['redis-sentinel://:secret@sentinel-1/mymaster', true],
  ['redis-sentinel://sentinel-1:26379/mymaster,redis-sentinel://sentinel-2:26379/mymaster', true],
  ['redis-sentinel://sentinel-1:26379', false],
  ['redis-sentinel://sentinel-1/a,redis-sentinel://sentinel-2/b', false],
  ['redis-sentinel://sentinel-1/a,redis://node-1', false],
  ['redis://node-1,', false],
  ['http://localhost', false],
  ['', false],
])('%j names a Redis: %p', (text, expected) => {
  expect(isRedisUrls(text)).toBe(expected);
});

test('the hosts are named without credentials', () => {
  const urls = 'redis-sentinel://:secret@sentinel-1/m,redis-sentinel://:secret@sentinel-2:1/m';
  expect(hostsOf(urls)).toBe('sentinel-1, sentinel-2:1');
});
