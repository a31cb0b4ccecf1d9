import { Redis } from 'ioredis';
import { send, sendAll } from '../src/client.js';
import { tsMAdd } from '../src/commands/add.js';
import { tsGet } from '../src/commands/get.js';
import { tsInfo } from '../src/commands/info.js';
import { tsMGet } from '../src/commands/mget.js';
import { tsMRange } from '../src/commands/mrange.js';
import { tsQueryIndex } from '../src/commands/query-index.js';
import { tsRange } from '../src/commands/range.js';
import { TimeSeriesError } from '../src/errors.js';
import { ScriptedServer, type WireReply } from './scripted-server.js';

let server: ScriptedServer;

beforeEach(async () => {
  server = await ScriptedServer.start();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const text = (value: string): WireReply => ({ bulk: value });
const int = (value: number): WireReply => ({ int: value });

/** Each way that a reply reaches the decoder: the protocol, and ioredis's mapping of RESP3. */
const FORMS = [
  { name: 'RESP2', resp: 2, options: { protocol: 2 } },
  { name: 'RESP3, legacy mapping', resp: 3, options: { protocol: 3 } },
  { name: 'RESP3, own mapping', resp: 3, options: { protocol: 3, replyMapping: 'resp3' } },
  { name: 'RESP2, numbers as text', resp: 2, options: { protocol: 2, stringNumbers: true } },
  { name: 'RESP3, numbers as text', resp: 3, options: { protocol: 3, stringNumbers: true } },
] as const;

describe.each(FORMS)('$name', ({ resp, options }) => {
  let redis: Redis;

  beforeEach(() => {
    redis = new Redis({ port: server.port, host: '127.0.0.1', enableReadyCheck: false, ...options });
    redis.on('error', () => {});
  });

  afterEach(() => {
    redis.disconnect();
  });

  const double = (value: string): WireReply => (resp === 3 ? { double: value } : { simple: value });
  const map = (entries: [string, WireReply][]): WireReply =>
    resp === 3
      ? { map: entries.map(([key, value]) => [text(key), value]) }
      : entries.map(([key, value]) => [text(key), value]);
  const sample = (timestamp: number, value: string): WireReply => [int(timestamp), double(value)];

  test('samples with every kind of value', async () => {
    server.willAnswer([
      sample(1, '79.5'),
      sample(2, 'nan'),
      sample(3, 'inf'),
      sample(4, '-inf'),
      sample(5, '1e+300'),
    ]);
    expect(await send(redis, tsRange('k', 'earliest', 'latest'))).toEqual([
      { timestamp: 1, value: 79.5 },
      { timestamp: 2, value: NaN },
      { timestamp: 3, value: Infinity },
      { timestamp: 4, value: -Infinity },
      { timestamp: 5, value: 1e300 },
    ]);
  });

  test('the newest sample, and none', async () => {
    server.willAnswer(sample(7, '-0.25'), []);
    expect(await send(redis, tsGet('k'))).toEqual({ timestamp: 7, value: -0.25 });
    expect(await send(redis, tsGet('empty'))).toBeNull();
  });

  test('errors inside the reply of MADD', async () => {
    server.willAnswer([int(5), { error: 'ERR TSDB: the key does not exist' }, int(6)]);
    const samples = ['a', 'b', 'c'].map((key) => ({ key, timestamp: 5, value: 1 }));
    const [first, second, third] = await send(redis, tsMAdd(samples));
    expect([first, third]).toEqual([5, 6]);
    expect(second).toBeInstanceOf(TimeSeriesError);
    expect(second).toMatchObject({ code: 'KEY_NOT_FOUND', command: 'TS.MADD' });
  });

  test('series with labels, selected labels among them', async () => {
    const labels = map([
      ['group', text('a b')],
      ['sensor', null],
    ]);
    const series = (key: string, last: WireReply): [string, WireReply[]] => [key, [labels, last]];
    const entries = [series('k1', sample(1, '2')), series('k2', [])];
    server.willAnswer(
      resp === 3
        ? { map: entries.map(([key, rest]) => [text(key), rest]) }
        : entries.map(([key, rest]) => [text(key), ...rest]),
    );
    const found = { group: 'a b', sensor: null };
    expect(await send(redis, tsMGet([{ label: 'x', equals: '1' }], { labels: ['group', 'sensor'] }))).toEqual(
      [
        { key: 'k1', labels: found, sample: { timestamp: 1, value: 2 } },
        { key: 'k2', labels: found, sample: null },
      ],
    );
  });

  test('ranges of several series', async () => {
    const details: WireReply[] = resp === 3 ? [{ map: [[text('aggregators'), []]] }] : [];
    const rest: WireReply[] = [map([]), ...details, [sample(1, '2'), sample(3, '4')]];
    server.willAnswer(resp === 3 ? { map: [[text('k1'), rest]] } : [[text('k1'), ...rest]]);
    expect(await send(redis, tsMRange('earliest', 'latest', [{ label: 'x', equals: '1' }]))).toEqual([
      {
        key: 'k1',
        labels: {},
        samples: [
          { timestamp: 1, value: 2 },
          { timestamp: 3, value: 4 },
        ],
      },
    ]);
  });

  test('groups of series with their sources', async () => {
    const grouped: WireReply =
      resp === 3
        ? {
            map: [
              [
                text('kind=mean'),
                [
                  { map: [[text('kind'), text('mean')]] },
                  { map: [[text('reducers'), [text('sum')]]] },
                  { map: [[text('sources'), [text('k1'), text('k2')]]] },
                  [sample(1, '3')],
                ],
              ],
            ],
          }
        : [
            [
              text('kind=mean'),
              [
                [text('kind'), text('mean')],
                [text('__reducer__'), text('sum')],
                [text('__source__'), text('k1,k2')],
              ],
              [sample(1, '3')],
            ],
          ];
    server.willAnswer(grouped);
    const groupBy = { label: 'kind', reducer: 'sum' } as const;
    const [group] = await send(
      redis,
      tsMRange(0, 9, [{ label: 'x', equals: '1' }], { labels: 'all', groupBy }),
    );
    expect(group).toMatchObject({
      key: 'kind=mean',
      labels: { kind: 'mean' },
      sources: ['k1', 'k2'],
      samples: [{ timestamp: 1, value: 3 }],
    });
  });

  test('no series at all', async () => {
    server.willAnswer(resp === 3 ? { map: [] } : []);
    expect(await send(redis, tsMRange(0, 9, [{ label: 'x', equals: '1' }]))).toEqual([]);
  });

  test('keys of the index', async () => {
    const keys = [text('a'), text('ñ')];
    server.willAnswer(resp === 3 ? { set: keys } : keys);
    expect(await send(redis, tsQueryIndex([{ label: 'x', equals: '1' }]))).toEqual(['a', 'ñ']);
  });

  test('information on a series', async () => {
    const fields: [string, WireReply][] = [
      ['totalSamples', int(3)],
      ['memoryUsage', int(4184)],
      ['firstTimestamp', int(1)],
      ['lastTimestamp', int(3)],
      ['retentionTime', int(1000)],
      ['chunkCount', int(1)],
      ['chunkSize', int(4096)],
      ['chunkType', { simple: 'compressed' }],
      ['duplicatePolicy', null],
      ['labels', map([['group', text('g')]])],
      ['sourceKey', null],
      [
        'rules',
        resp === 3
          ? { map: [[text('dst'), [int(60_000), { simple: 'AVG' }, int(0)]]] }
          : [[text('dst'), int(60_000), { simple: 'AVG' }, int(0)]],
      ],
      ['ignoreMaxTimeDiff', int(0)],
      ['ignoreMaxValDiff', resp === 3 ? double('0') : text('0')],
    ];
    server.willAnswer(
      resp === 3
        ? { map: fields.map(([name, value]) => [{ simple: name }, value]) }
        : fields.flatMap(([name, value]): WireReply[] => [{ simple: name }, value]),
    );
    expect(await send(redis, tsInfo('k'))).toEqual({
      totalSamples: 3,
      memoryUsageBytes: 4184,
      firstTimestamp: 1,
      lastTimestamp: 3,
      retentionMs: 1000,
      chunkCount: 1,
      chunkSizeBytes: 4096,
      chunkType: 'compressed',
      duplicatePolicy: null,
      labels: { group: 'g' },
      sourceKey: null,
      rules: [{ destination: 'dst', bucketMs: 60_000, aggregator: 'AVG', alignTimestamp: 0 }],
      ignore: { maxTimeDifferenceMs: 0, maxValueDifference: 0 },
    });
  });

  test('a pipeline answers each command by itself', async () => {
    server.willAnswer(sample(1, '2'), { error: 'TSDB: the key does not exist' }, { simple: 'odd' });
    const [first, second, third] = await sendAll(redis, [tsGet('a'), tsGet('b'), tsGet('c')]);
    expect(first).toEqual({ ok: true, value: { timestamp: 1, value: 2 } });
    expect(second).toMatchObject({ ok: false, error: { code: 'KEY_NOT_FOUND' } });
    expect(third).toMatchObject({ ok: false, error: { code: 'UNEXPECTED_REPLY' } });
    expect(server.commands).toEqual([
      ['TS.GET', 'a'],
      ['TS.GET', 'b'],
      ['TS.GET', 'c'],
    ]);
  });

  test('timestamps beyond 2^53 are exact or refused', async () => {
    server.willAnswer([{ int: '9223372036854775807' }, double('1')]);
    const got = send(redis, tsGet('k'));
    if ('stringNumbers' in options) expect(await got).toEqual({ timestamp: 9223372036854775807n, value: 1 });
    else await expect(got).rejects.toMatchObject({ code: 'UNEXPECTED_REPLY' });
  });
});
