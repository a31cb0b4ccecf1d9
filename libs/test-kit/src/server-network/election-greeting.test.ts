import { ElectionGreetingReader } from './election-greeting.js';

/** What a server sends first on an election connection. */
function greeting(address: string, version = -65_535n): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigInt64BE(version, 0);
  head.writeBigInt64BE(2n, 8);
  head.writeInt32BE(address.length, 16);
  return Buffer.concat([head, Buffer.from(address)]);
}
const votes = Buffer.from('\0\0\0\x04vote');
const reader = (): ElectionGreetingReader => new ElectionGreetingReader(() => '127.0.0.1:20002');
const through = (chunks: readonly Buffer[]): Buffer => {
  const one = reader();
  return Buffer.concat(chunks.flatMap((chunk) => one.push(chunk)));
};

test("the server's own address is replaced by the one of the way back, and the rest goes through", () => {
  const sent = Buffer.concat([greeting('10.0.0.1:3888|10.0.0.2:3888'), votes]);
  expect(through([sent, votes])).toEqual(Buffer.concat([greeting('127.0.0.1:20002'), votes, votes]));
});

test('a greeting that arrives byte by byte is read as a whole', () => {
  const sent = Buffer.concat([greeting('10.0.0.1:3888'), votes]);
  const bytes = Array.from(sent, (_, index) => sent.subarray(index, index + 1));
  expect(through(bytes)).toEqual(Buffer.concat([greeting('127.0.0.1:20002'), votes]));
});

test('what is no greeting goes through as it is', () => {
  const old = Buffer.concat([greeting('10.0.0.1:3888', 2n), votes]);
  expect(through([old])).toEqual(old);
});
