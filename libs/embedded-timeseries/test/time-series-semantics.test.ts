import { type Transcribed } from './resp-client.js';
import { startTestServer, type TestServer } from './test-server.js';

let fixture: TestServer;
beforeEach(async () => {
  fixture = await startTestServer();
});
afterEach(async () => {
  await fixture.close();
});

/** Runs the commands; answers the last reply with its samples as `timestamp:value`. */
async function last(...lines: string[]): Promise<unknown> {
  let reply: Transcribed = null;
  for (const line of lines) reply = await fixture.run(line);
  return plain(reply);
}

function plain(reply: Transcribed): unknown {
  if (reply === null) return null;
  if (!Array.isArray(reply)) return Object.values(reply)[0];
  const [first, second] = reply;
  const isSample =
    reply.length === 2 && first !== null && 'int' in first! && second !== null && 'simple' in second!;
  return isSample ? reply.map((part) => plain(part)).join(':') : reply.map(plain);
}

const rising = ['TS.CREATE s', 'TS.MADD s 10 1 s 20 2 s 30 3 s 60 6 s 70 7'];

describe('buckets without samples', () => {
  test.each([
    ['avg', 'TS.RANGE s 0 19 AGGREGATION avg 10 EMPTY', ['10:1']],
    [
      'sum',
      'TS.RANGE s - + AGGREGATION sum 10 EMPTY',
      ['10:1', '20:2', '30:3', '40:0', '50:0', '60:6', '70:7'],
    ],
    ['last', 'TS.RANGE s 20 65 AGGREGATION last 10 EMPTY', ['20:2', '30:3', '40:3', '50:3', '60:6']],
    [
      'last reversed',
      'TS.REVRANGE s 30 70 AGGREGATION last 10 EMPTY',
      ['70:7', '60:6', '50:3', '40:3', '30:3'],
    ],
    ['twa', 'TS.RANGE s 30 70 AGGREGATION twa 10 EMPTY', ['30:3.5', '40:4.5', '50:5.5', '60:6.5', '70:7']],
    ['none but between samples', 'TS.RANGE s 41 59 AGGREGATION count 10 EMPTY', ['40:0', '50:0']],
    ['none behind the last sample', 'TS.RANGE s 70 200 AGGREGATION count 10 EMPTY', ['70:1']],
  ])('%s', async (_name, command, expected) => {
    expect(await last(...rising, command)).toEqual(expected);
  });
});

describe('NaN values', () => {
  const mixed = ['TS.CREATE s DUPLICATE_POLICY LAST', 'TS.MADD s 1 nan s 2 4 s 11 nan'];

  test('are stored, and left out of aggregates other than their counts', async () => {
    expect(await last(...mixed, 'TS.RANGE s - +')).toEqual(['1:NaN', '2:4', '11:NaN']);
    expect(await last('TS.RANGE s - + AGGREGATION avg 10')).toEqual(['0:4']);
    expect(await last('TS.RANGE s - + AGGREGATION countnan 10')).toEqual(['0:1', '10:1']);
    expect(await last('TS.RANGE s - + AGGREGATION countall 10')).toEqual(['0:2', '10:1']);
    expect(await last('TS.RANGE s - + AGGREGATION avg,countall 10')).toEqual([
      [0, '4', '2'],
      [10, 'NaN', '1'],
    ]);
  });

  test('give way to numbers, except where the policy would mix them', async () => {
    expect(await last(...mixed, 'TS.ADD s 2 nan', 'TS.RANGE s 2 2')).toEqual(['2:4']);
    expect(await last('TS.ADD s 1 5', 'TS.RANGE s 1 1')).toEqual(['1:5']);
    expect(await last('TS.ADD s 11 1 ON_DUPLICATE SUM')).toMatch(/^ERR TSDB: Error at upsert/);
  });
});

describe('compactions', () => {
  const compacted = ['TS.CREATE s', 'TS.CREATE d', 'TS.CREATERULE s d AGGREGATION sum 10'];

  test('are computed anew after samples out of order', async () => {
    await last(...compacted, 'TS.MADD s 1 1 s 15 2 s 35 4', 'TS.ADD s 5 8', 'TS.ADD s 22 16');
    expect(await last('TS.RANGE d - +')).toEqual(['0:9', '10:2', '20:16']);
    expect(await last('TS.ADD s 31 32', 'TS.GET d LATEST')).toBe('30:36');
  });

  test('follow deletions, and open their last bucket again', async () => {
    await last(...compacted, 'TS.MADD s 1 1 s 2 2 s 15 4 s 25 8 s 35 16');
    expect(await last('TS.DEL s 2 19', 'TS.RANGE d - +')).toEqual(['0:1', '20:8']);
    expect(await last('TS.DEL s 35 35', 'TS.RANGE d - + LATEST')).toEqual(['0:1', '20:8']);
    expect(await last('TS.ADD s 26 32', 'TS.ADD s 50 1', 'TS.RANGE d - +')).toEqual(['0:1', '20:40']);
  });

  test('have no open bucket to tell of backwards where there is none', async () => {
    await last(...compacted, 'TS.MADD s 1 1 s 15 2');
    expect(await last('TS.REVRANGE d - + LATEST')).toEqual(['10:2', '0:1']);
    expect(await last('TS.REVRANGE d - 9 LATEST')).toEqual(['0:1']);
    expect(await last('TS.REVRANGE none - + LATEST')).toMatch(/^ERR TSDB: the key does not exist/);
  });

  test('end with the deletion of either series', async () => {
    await last(...compacted, 'DEL d', 'TS.CREATE d', 'TS.ADD s 1 1', 'TS.ADD s 100 1');
    expect(await last('TS.RANGE d - +')).toEqual([]);
    expect(await last('TS.CREATERULE s d AGGREGATION sum 10')).toBe('OK');
    expect(await last('DEL s', 'TS.CREATE s', 'TS.CREATERULE s d AGGREGATION sum 10')).toBe('OK');
  });

  test('refuse deletions that reach beyond the retention', async () => {
    await last('TS.CREATE s RETENTION 100', 'TS.CREATE d', 'TS.CREATERULE s d AGGREGATION sum 10');
    expect(await last('TS.MADD s 1 1 s 500 2', 'TS.DEL s 0 500')).toMatch(
      /beyond the series retention period/,
    );
  });

  test('may not be chained', async () => {
    await last(...compacted, 'TS.CREATE e');
    expect(await last('TS.CREATERULE d e AGGREGATION sum 10')).toBe(
      'ERR TSDB: the source key already has a source rule',
    );
    expect(await last('TS.CREATERULE e s AGGREGATION sum 10')).toBe(
      'ERR TSDB: the destination key already has a dst rule',
    );
  });
});

describe('groups', () => {
  const groups = ['TS.CREATE a LABELS g x', 'TS.CREATE b LABELS g x', 'TS.MADD a 1 1 b 1 2 b 2 5'];

  test('are reduced timestamp by timestamp', async () => {
    await last(...groups);
    expect(await last('TS.MRANGE - + FILTER g=x GROUPBY g REDUCE sum')).toEqual([
      ['g=x', [], ['1:3', '2:5']],
    ]);
    expect(await last('TS.MREVRANGE - + COUNT 1 FILTER g=x GROUPBY g REDUCE max')).toEqual([
      ['g=x', [], ['2:5']],
    ]);
  });

  test.each([
    ['TS.MRANGE - + GROUPBY g REDUCE sum FILTER g=x', 'ERR TSDB: GROUPBY should always come after filter'],
    ['TS.MRANGE - + FILTER g=x GROUPBY g REDUCE last', 'ERR TSDB: Invalid reducer type'],
    ['TS.MRANGE - + FILTER g=x GROUPBY g', "ERR wrong number of arguments for 'ts.mrange' command"],
    ['TS.MGET SELECTED_LABELS FILTER g=x', 'ERR TSDB: SELECT_LABELS should have at least 1 parameter'],
  ])('%s is refused', async (command, error) => {
    expect(await last(...groups, command)).toBe(error);
  });
});

test('close samples are ignored where the series says so', async () => {
  await last('TS.CREATE s DUPLICATE_POLICY LAST IGNORE 5 0.5', 'TS.ADD s 10 1');
  expect(await last('TS.ADD s 12 1.2')).toBe(10);
  expect(await last('TS.ADD s 12 2', 'TS.RANGE s - +')).toEqual(['10:1', '12:2']);
});

test('a long series is read chunk by chunk, retention included', async () => {
  await last('TS.CREATE s RETENTION 9000');
  for (let start = 0; start < 20_000; start += 1000) {
    const samples = Array.from({ length: 1000 }, (_unused, index) => `s ${start + index} ${start + index}`);
    await last(`TS.MADD ${samples.join(' ')}`);
  }
  expect(await last('TS.RANGE s - + AGGREGATION count 5000')).toEqual(['10000:4001', '15000:5000']);
  expect(await last('TS.RANGE s - + COUNT 1')).toEqual(['10999:10999']);
});
