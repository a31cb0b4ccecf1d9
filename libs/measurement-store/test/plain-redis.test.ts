import { type AddressInfo, createServer, type Server } from 'node:net';
import { Redis } from 'ioredis';
import { MeasurementStore, TimeSeriesMissingError } from '../src/index.js';

/** What a Redis 7 without modules answers, as far as the store asks it. */
function answerOf(request: string): string {
  const [, , name = ''] = request.split('\r\n');
  switch (name.toUpperCase()) {
    case 'INFO':
      return '$9\r\nloading:0\r\n';
    case 'HGETALL':
      return '*0\r\n';
    case 'SET':
      return '+OK\r\n';
    case 'HGET':
      return '$-1\r\n';
    case 'HSET':
      return ':1\r\n';
    case 'EVALSHA':
      return '-NOSCRIPT No matching script. Please use EVAL.\r\n';
    case 'EVAL':
      return '-ERR Unknown Redis command called from script script: 3d5c1a, on @user_script:12.\r\n';
    case 'PING':
      return '+PONG\r\n';
    default:
      return `-ERR unknown command '${name}', with args beginning with: 'atalaya:{default}:mean' \r\n`;
  }
}

let server: Server;
let redis: Redis;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const requests = bytes.toString('latin1').split(/(?=\*\d+\r\n\$)/);
      socket.write(requests.map(answerOf).join(''));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  redis = new Redis((server.address() as AddressInfo).port, '127.0.0.1');
});

afterAll(() => {
  redis.disconnect();
  server.close();
});

test('a Redis without RedisTimeSeries is named as that by every method, also where it answers PING', async () => {
  const store = new MeasurementStore(redis, { retentionMs: 0 });
  for (const attempt of [
    () => store.ping(),
    () => store.record({ group: 'g', timestamp: 1, value: 1 }),
    () => store.insertNow('g', 1),
    () => store.measurements({ group: 'g', limit: 1 }),
    () => store.newest('g', 1),
    () => store.sensors('g'),
    () => store.status('g'),
  ]) {
    const error: unknown = await attempt().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeSeriesMissingError);
    expect(error).toMatchObject({
      code: 'TIME_SERIES_MISSING',
      message: expect.stringMatching(/^The server has no RedisTimeSeries: use Redis 8, .*unknown/i) as string,
    });
  }
});
