import fc from 'fast-check';
import { RequestParser, RequestProtocolError } from '../src/protocol/request-parser.js';

/** More for a long run: FUZZ_RUNS=100000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 5_000);
const TIMEOUT_MS = 60_000 + RUNS * 10;

test(
  'any bytes give requests or a protocol error, nothing else',
  () => {
    const syntax = fc.constantFrom(
      '*',
      '$',
      '\r\n',
      '-',
      '1',
      '3',
      '99999999999',
      '"',
      "'",
      '\\',
      ' ',
      'PING',
      '\0',
    );
    const soup = fc.array(fc.oneof(syntax, fc.string({ unit: 'binary' })), { maxLength: 30 });
    fc.assert(
      fc.property(soup, fc.integer({ min: 1, max: 20 }), (pieces, pieceLength) => {
        try {
          const parser = new RequestParser();
          const bytes = Buffer.from(pieces.join(''));
          for (let start = 0; start < bytes.length; start += pieceLength) {
            parser.push(bytes.subarray(start, start + pieceLength));
            for (let args = parser.next(); args !== undefined; args = parser.next()) {
              expect(args.length).toBeGreaterThan(0);
            }
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RequestProtocolError);
        }
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
