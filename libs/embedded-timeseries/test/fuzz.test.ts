import fc from 'fast-check';
import { connect } from 'node:net';
import { RespClient } from './resp-client.js';
import { startTestServer, type TestServer } from './test-server.js';
import { usedHeapBytes } from './used-heap.js';

/** Inputs of each test; more for a long run: FUZZ_RUNS=100000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500);
const TIMEOUT_MS = 60_000 + RUNS * 40;

/** The inputs are sent in as many parts; the heap is measured after each. */
const PARTS = 5;
const MIB = 1024 * 1024;

/** More than the noise of the measurement; a leak of 1 KiB for each input of a long run is far beyond it. */
const MAX_HEAP_GROWTH_BYTES = 24 * MIB;

/** Runs a fuzz in parts. What the server keeps is removed between them; what it holds besides must not grow. */
async function inParts(name: string, part: (numRuns: number) => Promise<void>): Promise<void> {
  const heap: number[] = [];
  for (let index = 0; index < PARTS; index += 1) {
    await part(Math.ceil(RUNS / PARTS));
    const keys = (await fixture.run('KEYS *')) as { bulk: string }[];
    for (const { bulk } of keys) await fixture.client.send('DEL', bulk);
    heap.push(usedHeapBytes());
  }
  const [first = 0, last = 0] = [heap[0], heap.at(-1)];
  if (process.env.FUZZ_RUNS !== undefined) {
    process.stderr.write(
      `${name}: ${RUNS} inputs, heap ${heap.map((bytes) => (bytes / MIB).toFixed(1)).join(' → ')} MiB\n`,
    );
  }
  expect(last - first).toBeLessThan(MAX_HEAP_GROWTH_BYTES);
}

let fixture: TestServer;
beforeAll(async () => {
  fixture = await startTestServer();
});
afterAll(async () => {
  await fixture.close();
});

/** Sends bytes, ends the sending side, and waits until the server has closed the connection too. */
function throwAt(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => {
      resolve();
    });
    socket.resume();
    socket.end(bytes);
  });
}

test(
  'no bytes keep the server from answering others',
  async () => {
    const syntax = fc.constantFrom(
      '*',
      '$',
      '\r\n',
      '-1',
      '3',
      '9999999999',
      '"',
      'PING',
      'MULTI',
      'HELLO 3',
      '\0',
      ' ',
    );
    const soup = fc.array(fc.oneof(syntax, fc.string({ unit: 'binary' })), { maxLength: 40 });
    const answersOthers = fc.asyncProperty(soup, async (pieces) => {
      await throwAt(fixture.server.port, Buffer.from(pieces.join(''), 'latin1'));
      expect(await fixture.run('PING')).toEqual({ simple: 'PONG' });
    });
    await inParts('raw bytes', (numRuns) => fc.assert(answersOthers, { numRuns }));
  },
  TIMEOUT_MS,
);

const names = [
  ...[
    'CREATE',
    'ALTER',
    'ADD',
    'MADD',
    'INCRBY',
    'DECRBY',
    'DEL',
    'GET',
    'MGET',
    'RANGE',
    'REVRANGE',
    'MRANGE',
  ],
  ...['MREVRANGE', 'CREATERULE', 'DELETERULE', 'QUERYINDEX', 'INFO'],
].map((name) => `TS.${name}`);
const others = [
  'DEL',
  'SET',
  'GET',
  'HSET',
  'HGETALL',
  'HDEL',
  'XADD',
  'XRANGE',
  'XTRIM',
  'SCAN',
  'KEYS',
  'TYPE',
  'EVAL',
];
const words = [
  ...[
    'k1',
    'k2',
    'k3',
    '-',
    '+',
    '*',
    '0',
    '1',
    '7',
    '100',
    '-1',
    '2.5',
    'nan',
    'inf',
    '9007199254740993',
    '',
    'g=a',
  ],
  ...[
    'g!=a',
    'g=(a,b)',
    'g=',
    'RETENTION',
    'LABELS',
    'g',
    'a',
    'ON_DUPLICATE',
    'SUM',
    'LAST',
    'AGGREGATION',
    'avg',
  ],
  ...[
    'twa',
    'first,last',
    'std.s',
    'EMPTY',
    'ALIGN',
    'start',
    'BUCKETTIMESTAMP',
    'mid',
    'COUNT',
    'FILTER',
    'LATEST',
  ],
  ...[
    'FILTER_BY_TS',
    'FILTER_BY_VALUE',
    'WITHLABELS',
    'SELECTED_LABELS',
    'GROUPBY',
    'REDUCE',
    'max',
    'TIMESTAMP',
  ],
  ...['IGNORE', 'ENCODING', 'CHUNK_SIZE', 'MAXLEN', '~', 'MATCH', '[', '[^a-', '\\'],
];

/** Each depends on what the ones before it have left behind. */
const COMMANDS_PER_RUN = 20;

test(
  'no command makes the server fail by itself',
  async () => {
    const word = fc.constantFrom(...words);
    const command = fc.tuple(fc.constantFrom(...names, ...others), fc.array(word, { maxLength: 12 }));
    const client = await RespClient.open(fixture.server.port);
    const failsByNone = fc.asyncProperty(
      fc.array(command, { minLength: COMMANDS_PER_RUN, maxLength: COMMANDS_PER_RUN }),
      async (commands) => {
        const replies = await client.sendAll(commands.map(([name, args]) => [name, ...args]));
        for (const [index, reply] of replies.entries()) {
          const error = reply !== null && 'error' in reply ? reply.error : '';
          expect({ command: commands[index], isInternal: error.startsWith('ERR internal error') }).toEqual({
            command: commands[index],
            isInternal: false,
          });
        }
      },
    );
    await inParts('commands', (inputs) =>
      fc.assert(failsByNone, { numRuns: Math.ceil(inputs / COMMANDS_PER_RUN) }),
    );
    client.close();
  },
  TIMEOUT_MS,
);
