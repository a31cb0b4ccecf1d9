import { parseJsonPointer, resolveJsonPointer } from './json-pointer.js';

// The document and the pointers of RFC 6901, section 5.
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

function lookUp(text: string): unknown {
  return resolveJsonPointer(document, parseJsonPointer(text) ?? ['not a pointer']);
}

test.each([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('%j leads to %j', (text, value) => {
  expect(lookUp(text)).toEqual(value);
});

test.each(['/nothing', '/foo/2', '/foo/01', '/foo/length', '/foo/-', '/foo/0/0', '/toString', '/a~1b/c'])(
  '%j leads nowhere',
  (text) => {
    expect(lookUp(text)).toBeUndefined();
  },
);

test.each(['foo', '/~', '/~2', '#/foo'])('%j is no pointer', (text) => {
  expect(parseJsonPointer(text)).toBeUndefined();
});
