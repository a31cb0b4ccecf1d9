import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestServer, type TestServer } from './test-server.js';

let fixture: TestServer;
beforeEach(async () => {
  fixture = await startTestServer({ password: 'sécret' });
});
afterEach(async () => {
  await fixture.close();
});

const noAuth = { error: 'NOAUTH Authentication required.' };
const wrongPassword = { error: 'WRONGPASS invalid username-password pair or user is disabled.' };

test.each([['PING'], ['SET a 1'], ['TS.ADD s 1 1'], ['INFO'], ['COMMAND'], ['SUBSCRIBE a'], ['MULTI']])(
  '%s without authentication is refused',
  async (line) => {
    expect(await fixture.run(line)).toEqual(noAuth);
  },
);

test('AUTH takes the password, with or without the name of the default user', async () => {
  expect(await fixture.run('AUTH wrong')).toEqual(wrongPassword);
  expect(await fixture.run('AUTH somebody sécret')).toEqual(wrongPassword);
  expect(await fixture.run('PING')).toEqual(noAuth);
  expect(await fixture.run('AUTH default sécret')).toEqual({ simple: 'OK' });
  expect(await fixture.run('PING')).toEqual({ simple: 'PONG' });
  expect(await fixture.run('AUTH wrong')).toEqual(wrongPassword);
  expect(await fixture.run('PING')).toEqual({ simple: 'PONG' });
  expect(await fixture.run('RESET')).toEqual({ simple: 'RESET' });
  expect(await fixture.run('PING')).toEqual(noAuth);
  expect(await fixture.run('AUTH sécret')).toEqual({ simple: 'OK' });
});

test('HELLO authenticates, and without AUTH says how', async () => {
  expect(await fixture.run('HELLO 2')).toEqual({ error: expect.stringMatching(/^NOAUTH HELLO/) as string });
  expect(await fixture.run('HELLO 2 AUTH default wrong')).toEqual(wrongPassword);
  expect(await fixture.run('HELLO 2 AUTH default sécret')).toEqual(
    expect.arrayContaining([{ bulk: 'redis' }]) as unknown,
  );
  expect(await fixture.run('PING')).toEqual({ simple: 'PONG' });
});

test.each([
  ['*11\r\n$4\r\nPING\r\n', '-ERR Protocol error: unauthenticated multibulk length\r\n'],
  ['*2\r\n$4\r\nAUTH\r\n$16385\r\n', '-ERR Protocol error: unauthenticated bulk length\r\n'],
])('who has not authenticated cannot fill the memory: %j', async (text, error) => {
  const socket = connect(fixture.server.port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.write(text);
  await once(socket, 'close');
  expect(received).toBe(error);
});
