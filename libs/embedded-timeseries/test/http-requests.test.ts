import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestServer, type TestServer } from './test-server.js';

let fixture: TestServer;
beforeEach(async () => {
  fixture = await startTestServer();
});
afterEach(async () => {
  await fixture.close();
});

/** Sends text over a connection of its own and waits until the server closes it; what it answered before. */
async function sendUntilClosed(text: string): Promise<string> {
  const socket = connect({ port: fixture.server.port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(text);
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.destroy();
  return received;
}

const SMUGGLED = 'SET smuggled 1\r\nTS.ADD smuggled:series 1 1\r\n';

test.each([
  ['POST', `POST /x HTTP/1.1\r\nX: 1\r\n\r\n${SMUGGLED}`],
  ['post in small letters', `post /x HTTP/1.1\r\n\r\n${SMUGGLED}`],
  ['the Host line first', `Host: localhost\r\n${SMUGGLED}`],
  ['PUT with a body', `PUT /x HTTP/1.1\r\nHost: localhost:6379\r\n\r\n${SMUGGLED}`],
  ['a header that is a command, before Host', `GET / HTTP/1.1\r\n${SMUGGLED}Host: localhost\r\n\r\n`],
  ['a method of its own', `SET /x HTTP/1.0\r\n${SMUGGLED}`],
  ['an absolute target', `OPTIONS http://localhost:6379/ HTTP/1.1\r\n${SMUGGLED}`],
  ['an array whose command is POST', `*2\r\n$4\r\nPOST\r\n$1\r\n/\r\n${SMUGGLED}`],
])('an HTTP request ends the connection, and nothing in it is executed: %s', async (_name, text) => {
  expect(await sendUntilClosed(text)).toBe('');
  expect(await fixture.run('EXISTS smuggled smuggled:series')).toEqual({ int: 0 });
});

test('words of HTTP are values like others in requests of the protocol', async () => {
  expect(await fixture.run('SET /x HTTP/1.1')).toEqual({ simple: 'OK' });
  expect(await fixture.run('GET /x')).toEqual({ bulk: 'HTTP/1.1' });
  expect(await fixture.run('ECHO Host:')).toEqual({ bulk: 'Host:' });
});
