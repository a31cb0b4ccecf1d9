import { startTestServer, type TestServer } from './test-server.js';

let fixture: TestServer;
beforeEach(async () => {
  fixture = await startTestServer();
  await fixture.run('TS.CREATE a LABELS room x');
  await fixture.run('TS.CREATE b LABELS room y floor 1');
  await fixture.run('TS.CREATE plain');
  await fixture.run('TS.MADD a 1000 10 a 1100 20 a 2000 30 b 1000 5 b 1100 15 b 3000 25');
});
afterEach(async () => {
  await fixture.close();
});

const row = (timestamp: number, ...values: string[]) => [
  { int: timestamp },
  values.map((simple) => ({ simple })),
];

test('each key has aggregators of its own, several of them too', async () => {
  expect(await fixture.run('TS.NRANGE 2 a b - + AGGREGATION avg,max sum 1000')).toEqual([
    row(1000, '15', '20', '20'),
    row(2000, '30', '30', 'NaN'),
    row(3000, 'NaN', 'NaN', '25'),
  ]);
  expect(await fixture.run('TS.NREVRANGE 2 a a 1000 1500 COUNT 1')).toEqual([row(1100, '20', '20')]);
});

test.each([
  ['TS.NRANGE 0 a - +', 'ERR TSDB: numkeys must be a positive integer'],
  ['TS.NRANGE x a - +', 'ERR TSDB: numkeys must be a positive integer'],
  ['TS.NRANGE 3 a b - +', "ERR wrong number of arguments for 'ts.nrange' command"],
  ['TS.NRANGE 9223372036854775807 a b - +', "ERR wrong number of arguments for 'ts.nrange' command"],
  ['TS.NREVRANGE 1 a -', "ERR wrong number of arguments for 'ts.nrevrange' command"],
  ['TS.NRANGE 2 a b - + AGGREGATION avg 10', 'ERR TSDB: the number of aggregators must be equal to numkeys'],
  [
    'TS.NRANGE 2 a b - + AGGREGATION avg avg avg 10',
    'ERR TSDB: the number of aggregators must be equal to numkeys',
  ],
  ['TS.NRANGE 2 a b - + AGGREGATION avg mode 10', 'ERR TSDB: Unknown aggregation type'],
  ['TS.NRANGE 2 a none - +', 'ERR TSDB: the key does not exist'],
])('%s is refused', async (line, error) => {
  expect(await fixture.run(line)).toEqual({ error });
});

test('labels of all series, or of those that a filter finds', async () => {
  const list = (...names: string[]) => names.map((bulk) => ({ bulk }));
  expect(await fixture.run('TS.QUERYLABELS LABELS')).toEqual(list('floor', 'room'));
  expect(await fixture.run('TS.QUERYLABELS VALUES room')).toEqual(list('x', 'y'));
  expect(await fixture.run('TS.QUERYLABELS VALUES room FILTER floor=1')).toEqual(list('y'));
  expect(await fixture.run('TS.QUERYLABELS VALUES none')).toEqual([]);
  expect(await fixture.run('TS.QUERYLABELS NAMES')).toHaveProperty('error');
  expect(await fixture.run('TS.QUERYLABELS VALUES')).toHaveProperty('error');
  expect(await fixture.run('TS.QUERYLABELS LABELS FILTER')).toHaveProperty('error');
});

test('INFO … DEBUG shows the chunks', async () => {
  const info = (await fixture.run('TS.INFO a DEBUG')) as unknown[];
  const chunks = info[info.findIndex((part) => JSON.stringify(part) === '{"simple":"Chunks"}') + 1];
  expect(chunks).toEqual([
    [
      ...[{ simple: 'startTimestamp' }, { int: 1000 }, { simple: 'endTimestamp' }, { int: 2000 }],
      ...[{ simple: 'samples' }, { int: 3 }, { simple: 'size' }, { int: 128 }],
      ...[{ simple: 'bytesPerSample' }, { bulk: String(128 / 3) }],
    ],
  ]);
});

test('as modules before 8.10, first is for last and last for first backwards', async () => {
  const older = await startTestServer({ answersAs: '8.6' });
  await older.run('TS.CREATE s LABELS l v');
  await older.run('TS.MADD s 1 10 s 2 20 s 3 30');
  const bucket = (value: string) => [[{ int: 0 }, { simple: value }]];
  expect(await older.run('TS.RANGE s - + AGGREGATION first 10')).toEqual(bucket('10'));
  expect(await older.run('TS.REVRANGE s - + AGGREGATION first 10')).toEqual(bucket('30'));
  expect(await older.run('TS.REVRANGE s - + AGGREGATION last 10')).toEqual(bucket('10'));
  expect(await older.run('TS.MREVRANGE - + AGGREGATION last 10 FILTER l=v')).toEqual([
    [{ bulk: 's' }, [], bucket('10')],
  ]);
  expect(JSON.stringify(await older.run('HELLO'))).toContain('{"int":80600}');
  await older.close();
});
