import { parseConnectString, problemOfPath, ProtocolError } from '../src/index.js';

test.each([
  ['zk', [{ host: 'zk', port: 2181 }], ''],
  [
    'a:1, b/app/x',
    [
      { host: 'a', port: 1 },
      { host: 'b', port: 2181 },
    ],
    '/app/x',
  ],
  ['[::1]:2182/', [{ host: '::1', port: 2182 }], ''],
])('connect string %s', (text, servers, chroot) => {
  expect(parseConnectString(text)).toEqual({ servers, chroot });
});

test.each(['', ',', 'a:0', 'a:70000', 'a:x', 'a//b', 'a/b/', 'http://a', 'a b', '[zk]:1', 'a/b\u0001'])(
  'connect string %j is refused',
  (text) => {
    expect(() => parseConnectString(text)).toThrow(ProtocolError);
  },
);

test('a path with a character outside of the basic plane is refused, as by servers', () => {
  expect(problemOfPath('/a\u{1f600}')).toMatch(/U\+1f600/);
  expect(problemOfPath('/é世')).toBeUndefined();
});
