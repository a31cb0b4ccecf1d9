import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseSource } from './parse-source.js';

const signal = new AbortController().signal;
let server: Server;
let url: string;
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((request, response) => {
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function answerWith(status: number, body: string): void {
  answer = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
}

test.each([
  ['{"room":[{"t":21.5}]}', '#/room/0/t', 21.5],
  ['{"t":"21.5"}', '#/t', 21.5],
  ['42', '', 42],
])('reads %s at %j', async (body, pointer, value) => {
  answerWith(200, body);
  expect(await parseSource(`http:${url}${pointer}`).read(signal)).toBe(value);
});

test.each([
  [200, '{"t":1}', '#/u', /there is no \/u in the document at http/],
  [200, '{"t":null}', '#/t', /the value at \/t is not a finite number: "null"/],
  [200, '{"t":"12 C"}', '#/t', /the value at \/t is not a finite number: "12 C"/],
  [200, '{"t":1e999}', '#/t', /the value at \/t is not a finite number/],
  [200, '{"t":{}}', '#/t', /the value at \/t is not a finite number/],
  [200, '<html>', '', /does not answer with JSON: "<html>"/],
  [500, '{}', '', /answers 500/],
  [200, `"${'x'.repeat(2_000_000)}"`, '', /answers with more than 1048576 bytes/],
])('an answer %d %.20s gives no value at %j', async (status, body, pointer, reason) => {
  answerWith(status, body);
  await expect(parseSource(`http:${url}${pointer}`).read(signal)).rejects.toThrow(reason);
});

test('a server that does not answer is given up when the sample is aborted', async () => {
  answer = () => {};
  const abort = new AbortController();
  const sample = parseSource(`http:${url}`).read(abort.signal);
  setTimeout(() => {
    abort.abort(new Error('too slow'));
  }, 50);
  await expect(sample).rejects.toThrow('too slow');
});

test('says that nobody listens', async () => {
  await expect(parseSource('http:http://127.0.0.1:1/x').read(signal)).rejects.toThrow(
    /127\.0\.0\.1:1\/x cannot be read: .*ECONNREFUSED/,
  );
});
