import fc from 'fast-check';
import { RequestParser, RequestProtocolError } from './request-parser.js';

function encode(args: readonly Uint8Array[]): Buffer {
  const parts = args.flatMap((arg) => [
    Buffer.from(`$${arg.length}\r\n`),
    Buffer.from(arg),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...parts]);
}

function parseAll(bytes: Buffer, pieceLength: number, parser = new RequestParser()): string[][] {
  const requests: string[][] = [];
  for (let start = 0; start < bytes.length; start += pieceLength) {
    parser.push(bytes.subarray(start, start + pieceLength));
    for (let args = parser.next(); args !== undefined; args = parser.next()) requests.push(args);
  }
  return requests;
}

const requestBytes = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });

test('requests of any bytes come out as they went in, however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(requestBytes, { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (requests, pieceLength) => {
        const expected = requests.map((args) => args.map((arg) => Buffer.from(arg).toString('latin1')));
        expect(parseAll(Buffer.concat(requests.map(encode)), pieceLength)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['PING\r\n', [['PING']]],
  ['\r\n\r\nPING\n', [['PING']]],
  ['*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n', [['PING']]],
  ['SET "a b" \'c\'\r\n', [['SET', 'a b', 'c']]],
  [String.raw`SET "\x41\n\"" x` + '\r\n', [['SET', 'A\n"', 'x']]],
  ['*1\r\n$0\r\n\r\n', [['']]],
])('%j is understood', (bytes, expected) => {
  expect(parseAll(Buffer.from(bytes), 3)).toEqual(expected);
});

test.each([
  ['*x\r\n', 'invalid multibulk length'],
  ['*1048577\r\n', 'invalid multibulk length'],
  ['*1\r\n:1\r\n', "expected '$', got ':'"],
  ['*1\r\n$-1\r\n', 'invalid bulk length'],
  ['*1\r\n$536870913\r\n', 'invalid bulk length'],
  ['*1\r\n$9999999999999999999\r\n', 'invalid bulk length'],
  ['SET "a\r\n', 'unbalanced quotes in request'],
  ['x'.repeat(70_000), 'too big inline request'],
])('%.20j ends with the error of Redis', (bytes, message) => {
  expect(() => parseAll(Buffer.from(bytes), 1 << 20)).toThrow(new RequestProtocolError(message));
});

test('a request that is larger than allowed in all is refused before its bytes are kept', () => {
  const parser = new RequestParser({
    maxInlineBytes: 100,
    maxArguments: 100,
    maxBulkBytes: 100,
    maxRequestBytes: 150,
  });
  parser.push(Buffer.from(`*3\r\n$100\r\n${'x'.repeat(100)}\r\n$100\r\n`));
  expect(() => parser.next()).toThrow('request too large');
});

test('a long argument in many pieces costs time in proportion to its length', () => {
  const argument = Buffer.alloc(8 * 1024 * 1024, 'x');
  const [request] = parseAll(encode([argument]), 1024);
  expect(request?.[0]?.length).toBe(argument.length);
});
