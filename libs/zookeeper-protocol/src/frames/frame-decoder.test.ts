import { FrameDecoder } from './frame-decoder.js';
import { frameOf, payloadOf } from './frame.js';

const frames = [0, 1, 3, 100, 5_000, 70_000].map((size) => frameOf(Buffer.alloc(size, size % 251)));
const stream = Buffer.concat(frames);

function decode(sizes: () => number): Buffer[] {
  const decoder = new FrameDecoder();
  const decoded: Buffer[] = [];
  for (let offset = 0; offset < stream.length;) {
    const end = offset + sizes();
    decoder.push(stream.subarray(offset, end));
    for (let frame = decoder.next(); frame; frame = decoder.next()) decoded.push(frame);
    offset = end;
  }
  expect(decoder.rest()).toHaveLength(0);
  return decoded;
}

test.each([1, 2, 3, 4, 5, 7, 104, 4_096, 65_536, 1_000_000])(
  'fragments of %d bytes make the same frames',
  (size) => {
    expect(Buffer.concat(decode(() => size))).toEqual(stream);
    expect(decode(() => size).map(({ length }) => length)).toEqual(frames.map(({ length }) => length));
  },
);

test('a frame within one chunk is not copied', () => {
  const decoder = new FrameDecoder();
  decoder.push(stream);
  expect(decoder.next()?.buffer).toBe(stream.buffer);
});

test.each([-1, 101, 0x7fff_ffff])(
  'a length of %d is refused, at each call, and the bytes can be handed on',
  (length) => {
    const decoder = new FrameDecoder({ maxFrameBytes: 100 });
    const bytes = Buffer.alloc(8);
    bytes.writeInt32BE(length);
    decoder.push(Buffer.concat([frameOf(Buffer.from('good')), bytes]));
    expect(payloadOf(decoder.next()!).toString()).toBe('good');
    for (let count = 0; count < 2; count++) {
      expect(() => decoder.next()).toThrow(/frame of -?\d+ bytes/);
    }
    expect(decoder.rest()).toEqual(bytes);
  },
);
