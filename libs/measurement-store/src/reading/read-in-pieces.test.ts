import { type Command, type Sample } from '@atalaya/redis-timeseries';
import { PIECE_SAMPLES, readInPieces, type SeriesRange } from './read-in-pieces.js';

const RANGE: SeriesRange = {
  key: 'k',
  from: 0,
  to: 100_000_000,
  reverse: false,
  count: 10_000,
  aggregation: undefined,
  stepMs: 5_000,
};

/** A server with a value at every multiple of 5 s up to a time, that keeps the commands it gets. */
function serverUpTo(lastMs: number) {
  const commands: string[] = [];
  const send = ({ name, args }: Command<Sample[]>): Promise<Sample[]> => {
    commands.push([name, ...args].join(' '));
    const [, from = '', to = ''] = args;
    const count = Number(args[args.indexOf('COUNT') + 1]);
    const bucketMs = args.includes('AGGREGATION') ? Number(args.at(-1)) : 5_000;
    const all: Sample[] = [];
    for (let timestamp = 0; timestamp <= Math.min(lastMs, Number(to)); timestamp += bucketMs) {
      const end = args.includes('AGGREGATION') ? timestamp + bucketMs - 1 : timestamp;
      if (end >= Number(from)) all.push({ timestamp, value: timestamp });
    }
    return Promise.resolve((name === 'TS.REVRANGE' ? all.reverse() : all).slice(0, count));
  };
  return { commands, send };
}

test('a long range is read by commands of bounded size, each sent when the one before is answered', async () => {
  const { commands, send } = serverUpTo(5_000 * 2_499);
  const samples = await readInPieces({ ...RANGE, to: 12_500_000 }, send);
  expect(samples.map(({ value }) => value)).toEqual(Array.from({ length: 2_500 }, (_, i) => i * 5_000));
  expect(commands).toEqual([
    `TS.RANGE k 0 12500000 COUNT ${PIECE_SAMPLES}`,
    `TS.RANGE k 4995001 12500000 COUNT ${PIECE_SAMPLES}`,
    `TS.RANGE k 9995001 12500000 COUNT ${PIECE_SAMPLES}`,
  ]);
});

test('backward, and no more than is asked for', async () => {
  const { commands, send } = serverUpTo(5_000 * 9_999);
  const samples = await readInPieces({ ...RANGE, reverse: true, count: 1_200 }, send);
  expect([samples.length, samples[0]?.timestamp, samples.at(-1)?.timestamp]).toEqual([
    1_200,
    49_995_000,
    5_000 * (9_999 - 1_199),
  ]);
  expect(commands).toEqual(['TS.REVRANGE k 0 100000000 COUNT 1000', 'TS.REVRANGE k 0 44999999 COUNT 200']);
});

test('wide buckets come few at a time, as many values are behind each', async () => {
  const { commands, send } = serverUpTo(99_999_999);
  const aggregation = { aggregator: 'first', bucketMs: 25_000_000 } as const;
  expect(await readInPieces({ ...RANGE, aggregation }, send)).toHaveLength(4);
  expect(commands.slice(0, 2)).toEqual([
    'TS.RANGE k 0 100000000 COUNT 2 AGGREGATION first 25000000',
    'TS.RANGE k 50000000 100000000 COUNT 2 AGGREGATION first 25000000',
  ]);
});

test('a range with an open bucket is read at once', async () => {
  const { commands, send } = serverUpTo(5_000 * 4_999);
  await readInPieces({ ...RANGE, latest: true }, send);
  expect(commands).toEqual(['TS.RANGE k 0 100000000 LATEST COUNT 10000']);
});
