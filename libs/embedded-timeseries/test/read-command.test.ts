import { RespClient } from './resp-client.js';
import { startTestServer, type TestServer } from './test-server.js';

let fixture: TestServer;
let reader: RespClient;
beforeEach(async () => {
  fixture = await startTestServer();
  reader = await RespClient.open(fixture.server.port);
});
afterEach(async () => {
  reader.close();
  await fixture.close();
});

/** Resolves when the reader's command waits; fails where it has been answered. */
async function waiting(reply: Promise<unknown>): Promise<void> {
  let isAnswered = false;
  void reply.then(() => (isAnswered = true));
  for (;;) {
    const info = (await fixture.run('INFO clients')) as { bulk: string };
    expect(isAnswered).toBe(false);
    if (info.bulk.includes('blocked_clients:1')) return;
  }
}

const sample = (timestamp: number, value: string) => [{ int: timestamp }, { simple: value }];

test('waits until there are enough samples, and answers with all of them', async () => {
  await fixture.run('TS.MADD s 1 1');
  await fixture.run('TS.ADD s 1 1');
  const read = reader.send('TS.READ', 's', '-', 'BLOCK', '0', '3');
  await waiting(read);
  await fixture.run('TS.ADD s 2 2');
  await waiting(read);
  await fixture.run('TS.ADD s 3 3');
  expect(await read).toEqual([sample(1, '1'), sample(2, '2'), sample(3, '3')]);
});

test('the cursor $ stands for what comes after the command, also in an empty series', async () => {
  await fixture.run('TS.ADD s 5 5');
  const read = reader.send('TS.READ', 's', '$', 'MAX_COUNT', '1', 'BLOCK', '0', '1');
  await waiting(read);
  await fixture.run('TS.MADD s 6 6 s 7 7');
  expect(await read).toEqual([sample(6, '6')]);
});

test('samples that a compaction writes end the wait, too', async () => {
  await fixture.run('TS.CREATE s');
  await fixture.run('TS.CREATE d');
  await fixture.run('TS.CREATERULE s d AGGREGATION sum 10');
  const read = reader.send('TS.READ', 'd', '0', 'BLOCK', '0', '1');
  await fixture.run('TS.ADD s 1 4');
  await waiting(read);
  await fixture.run('TS.ADD s 11 1');
  expect(await read).toEqual([sample(0, '4')]);
});

test('the end of the time gives what there is', async () => {
  await fixture.run('TS.ADD s 1 1');
  expect(await reader.send('TS.READ', 's', '0', 'BLOCK', '20', '5')).toEqual([sample(1, '1')]);
  expect(await reader.send('TS.READ', 'none', '0', 'BLOCK', '20', '1')).toEqual([]);
});

test('a deleted key gives an empty list, one that is still to come is waited for', async () => {
  await fixture.run('TS.ADD s 1 1');
  const deleted = reader.send('TS.READ', 's', '$', 'BLOCK', '0', '1');
  await waiting(deleted);
  await fixture.run('DEL s');
  expect(await deleted).toEqual([]);
  const coming = reader.send('TS.READ', 's', '$', 'BLOCK', '0', '1');
  await waiting(coming);
  await fixture.run('TS.ADD s 9 9');
  expect(await coming).toEqual([sample(9, '9')]);
});

test('a key that becomes something else gives the error', async () => {
  const read = reader.send('TS.READ', 's', '0', 'BLOCK', '0', '1');
  await waiting(read);
  await fixture.run('SET s 1');
  expect(await read).toEqual({ error: expect.stringMatching(/^WRONGTYPE/) as string });
});

test.each([
  ['TS.READ s', "ERR wrong number of arguments for 'ts.read' command"],
  ['TS.READ s 0 BLOCK 1', "ERR wrong number of arguments for 'ts.read' command"],
  ['TS.READ s 0 MAX_COUNT', "ERR wrong number of arguments for 'ts.read' command"],
  ['TS.READ s 0 COUNT 1', "ERR wrong number of arguments for 'ts.read' command"],
  ['TS.READ s x', 'ERR TSDB: invalid timestamp'],
  ['TS.READ s -1', 'ERR TSDB: invalid timestamp'],
  ['TS.READ s 0 BLOCK -1 1', 'ERR TSDB: timeout must be a non-negative integer'],
  ['TS.READ s 0 BLOCK 1 0', 'ERR TSDB: min_count must be a positive integer'],
  ['TS.READ s 0 MAX_COUNT 0', 'ERR TSDB: max_count must be a positive integer'],
  ['TS.READ s 0 MAX_COUNT 1 BLOCK 1 2', 'ERR TSDB: min_count must be <= max_count'],
])('%s is refused', async (line, error) => {
  expect(await fixture.run(line)).toEqual({ error });
});
