import fc from 'fast-check';
import { connect } from 'node:net';
import { RespClient } from './resp-client.js';
import { startTestServer, type TestServer } from './test-server.js';

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

test('no bytes keep the server from answering others', async () => {
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
  await fc.assert(
    fc.asyncProperty(soup, async (pieces) => {
      await throwAt(fixture.server.port, Buffer.from(pieces.join(''), 'latin1'));
      expect(await fixture.run('PING')).toEqual({ simple: 'PONG' });
    }),
    { numRuns: 300 },
  );
}, 60_000);

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

test('no command makes the server fail by itself', async () => {
  const word = fc.constantFrom(...words);
  const command = fc.tuple(fc.constantFrom(...names, ...others), fc.array(word, { maxLength: 12 }));
  const client = await RespClient.open(fixture.server.port);
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 20 }), async (commands) => {
      const replies = await client.sendAll(commands.map(([name, args]) => [name, ...args]));
      for (const [index, reply] of replies.entries()) {
        const error = reply !== null && 'error' in reply ? reply.error : '';
        expect({ command: commands[index], isInternal: error.startsWith('ERR internal error') }).toEqual({
          command: commands[index],
          isInternal: false,
        });
      }
    }),
    { numRuns: 1500 },
  );
  client.close();
}, 120_000);
