import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ServerScript } from '../src/index.js';
import { RespClient } from './resp-client.js';
import { startTestServer, type TestServer } from './test-server.js';

const addScript: ServerScript = {
  lua: "return redis.call('TS.ADD', KEYS[1], ARGV[1], ARGV[2])",
  run: ([key = ''], [timestamp = '', value = ''], call) => call('TS.ADD', key, timestamp, value),
};

let fixture: TestServer;
beforeEach(async () => {
  fixture = await startTestServer({ scripts: [addScript] });
});
afterEach(async () => {
  await fixture.close();
});

/** Sends raw bytes and waits until what came back ends with the given text, or the connection ends. */
async function exchange(bytes: string | Buffer, until: string): Promise<string> {
  const socket = connect(fixture.server.port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.write(bytes);
  await new Promise<void>((resolve) => {
    socket.on('data', () => {
      if (received.endsWith(until)) resolve();
    });
    socket.on('close', () => {
      resolve();
    });
  });
  socket.destroy();
  return received;
}

test('RESP3 answers maps, doubles and nulls in its own form', async () => {
  const hello = await exchange(
    'HELLO 3\r\n',
    'modules\r\n*1\r\n%4\r\n$4\r\nname\r\n$10\r\ntimeseries\r\n$3\r\nver\r\n:81000\r\n$4\r\npath\r\n$0\r\n\r\n$4\r\nargs\r\n*0\r\n',
  );
  expect(hello).toMatch(/^%7\r\n\$6\r\nserver\r\n\$5\r\nredis\r\n/);
  expect(hello).toContain('$5\r\nproto\r\n:3\r\n');
  await fixture.run('TS.CREATE s LABELS a b');
  await fixture.run('TS.ADD s 1 0.5');
  const rest =
    'TS.GET s\r\nGET none\r\nTS.MRANGE - + WITHLABELS AGGREGATION max 10 FILTER a=b\r\nTS.QUERYINDEX a=b\r\nECHO end\r\n';
  const replies = await exchange(`HELLO 3\r\n${rest}`, '$3\r\nend\r\n');
  expect(replies.slice(hello.length)).toBe(
    '*2\r\n:1\r\n,0.5\r\n_\r\n' +
      '%1\r\n$1\r\ns\r\n*3\r\n%1\r\n$1\r\na\r\n$1\r\nb\r\n%1\r\n$11\r\naggregators\r\n*1\r\n$3\r\nmax\r\n*1\r\n*2\r\n:0\r\n,0.5\r\n' +
      '~1\r\n$1\r\ns\r\n$3\r\nend\r\n',
  );
});

test('PUBSUB NUMSUB is a map in RESP3', async () => {
  const answer = '%1\r\n$1\r\na\r\n:1\r\n';
  const subscriber = await RespClient.open(fixture.server.port);
  await subscriber.send('SUBSCRIBE', 'a');
  expect(await exchange('HELLO 3\r\nPUBSUB NUMSUB a\r\n', answer)).toMatch(
    /modules.*%1\r\n\$1\r\na\r\n:1\r\n$/s,
  );
  subscriber.close();
});

test.each([
  ['HELLO 4\r\n', '-NOPROTO unsupported protocol version\r\n'],
  ['NOSUCH a b\r\n', "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' \r\n"],
  ['GET\r\n', "-ERR wrong number of arguments for 'get' command\r\n"],
  ['SET a b NX XX\r\n', '-ERR syntax error\r\n'],
  ['XREAD STREAMS none 0\r\n', '*-1\r\n'],
  ['XRANGE none - + COUNT 0\r\n', '*0\r\n'],
  ['TS.INCRBY s 1 TIMESTAMP -1\r\n', ':-1\r\n'],
  ['EVALSHA 0000 0\r\n', '-NOSCRIPT No matching script. Please use EVAL.\r\n'],
  ['EXEC\r\n', '-ERR EXEC without MULTI\r\n'],
  ['SELECT 0\r\n', '+OK\r\n'],
  ['SELECT 1\r\n', '-ERR DB index is out of range\r\n'],
  ['PUBSUB NUMSUB a b\r\n', '*4\r\n$1\r\na\r\n:0\r\n$1\r\nb\r\n:0\r\n'],
  ['*1\r\n$-5\r\n', '-ERR Protocol error: invalid bulk length\r\n'],
  ['*9999999\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
])('%j is answered with %j', async (bytes, error) => {
  expect(await exchange(bytes, error)).toBe(error);
});

test('replies keep the order of pipelined requests, writes and reads mixed', async () => {
  const commands = Array.from({ length: 500 }, (_unused, index) =>
    index % 2 === 0 ? ['TS.ADD', 'p', String(index), '1'] : ['ECHO', String(index)],
  );
  const replies = await fixture.client.sendAll(commands);
  expect(replies).toEqual(
    commands.map((_unused, index) => (index % 2 === 0 ? { int: index } : { bulk: String(index) })),
  );
});

test('keys and values may be any bytes', async () => {
  const key = Buffer.from([0, 255, 13, 10, 128]);
  await fixture.client.send('SET', key, Buffer.from([1, 0, 200]));
  expect(
    await exchange(
      Buffer.concat([Buffer.from('*2\r\n$3\r\nGET\r\n$5\r\n'), key, Buffer.from('\r\n')]),
      '\r\n',
    ),
  ).toBe('$3\r\n\u0001\0\u00c8\r\n');
});

test('transactions run as one, and not at all after an error in their commands', async () => {
  const { client } = fixture;
  const replies = await client.sendAll([['MULTI'], ['SET', 'a', '1'], ['TS.GET', 'none'], ['EXEC']]);
  expect(replies.at(-1)).toEqual([{ simple: 'OK' }, { error: 'ERR TSDB: the key does not exist' }]);
  const failed = await client.sendAll([['MULTI'], ['NOSUCH'], ['SET', 'b', '1'], ['EXEC']]);
  expect(failed.at(-1)).toEqual({ error: 'EXECABORT Transaction discarded because of previous errors.' });
  expect(await client.send('EXISTS', 'a', 'b')).toEqual({ int: 1 });
});

test('registered scripts run by text and by digest; others are refused', async () => {
  const { client } = fixture;
  const sha = (await client.send('SCRIPT', 'LOAD', addScript.lua)) as { bulk: string };
  expect(await client.send('EVAL', addScript.lua, '1', 's', '5', '1.5')).toEqual({ int: 5 });
  expect(await client.send('EVALSHA', sha.bulk.toUpperCase(), '1', 's', '6', '2')).toEqual({ int: 6 });
  expect(await client.send('EVALSHA', sha.bulk, '1', 's', '6', '3')).toEqual({
    error: expect.stringMatching(/^ERR TSDB: Error at upsert/) as string,
  });
  expect(await client.send('SCRIPT', 'EXISTS', sha.bulk, 'ffff')).toEqual([{ int: 1 }, { int: 0 }]);
  expect(await client.send('EVAL', 'return 1', '0')).toEqual({
    error: expect.stringContaining('no Lua') as string,
  });
});

test('messages reach subscribers by channel and by pattern', async () => {
  const subscriber = connect(fixture.server.port, '127.0.0.1');
  let received = '';
  subscriber.on('data', (chunk: Buffer) => {
    received += chunk.toString();
  });
  const until = async (text: string): Promise<void> => {
    while (!received.includes(text)) await once(subscriber, 'data');
  };
  subscriber.write('SUBSCRIBE news\r\nPSUBSCRIBE n*\r\n');
  await until('psubscribe\r\n$2\r\nn*\r\n:2\r\n');
  expect(await fixture.run('PUBLISH news hello')).toEqual({ int: 2 });
  await until('$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$5\r\nhello\r\n');
  expect(received).toContain('$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n');
  subscriber.destroy();
});

test('a blocking read of a stream ends with an entry that comes later, or with its time', async () => {
  const reader = await RespClient.open(fixture.server.port);
  const state = { isWaiting: true };
  const read = reader.send('XREAD', 'BLOCK', '0', 'STREAMS', 'events', '$').finally(() => {
    state.isWaiting = false;
  });
  // The first entries may come before the read begins to wait.
  for (let sequence = 1; state.isWaiting; sequence++)
    await fixture.run(`XADD events 5-${sequence} field value`);
  const entry = [{ bulk: expect.stringMatching(/^5-/) as string }, [{ bulk: 'field' }, { bulk: 'value' }]];
  expect(await read).toEqual([[{ bulk: 'events' }, [entry]]]);
  expect(await reader.send('XREAD', 'BLOCK', '20', 'STREAMS', 'events', '$')).toBeNull();
  reader.close();
});

test('without the password nothing but AUTH and HELLO is answered', async () => {
  const guarded = await startTestServer({ password: 'secret' });
  expect(await guarded.run('PING')).toEqual({ error: 'NOAUTH Authentication required.' });
  expect(await guarded.run('AUTH wrong')).toEqual({
    error: 'WRONGPASS invalid username-password pair or user is disabled.',
  });
  expect(await guarded.run('AUTH secret')).toEqual({ simple: 'OK' });
  expect(await guarded.run('PING')).toEqual({ simple: 'PONG' });
  await guarded.close();
});

test('a client that does not read what it asks for is cut off, others are served', async () => {
  const bounded = await startTestServer({ maxOutputBytes: 8 * 1024 * 1024 });
  await bounded.run(`SET big ${'x'.repeat(1_000_000)}`);
  const socket: Socket = connect(bounded.server.port, '127.0.0.1');
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.pause();
  socket.write(`MULTI\r\n${'GET big\r\n'.repeat(40)}EXEC\r\n`);
  const before = await bounded.run('PING');
  socket.resume();
  await closed;
  expect([before, await bounded.run('PING')]).toEqual([{ simple: 'PONG' }, { simple: 'PONG' }]);
  await bounded.close();
});

test('closing does not wait for clients that keep their side open', async () => {
  const own = await startTestServer();
  const socket = connect({ port: own.server.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.pause();
  await own.close();
  socket.destroy();
});
