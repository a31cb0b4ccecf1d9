import { waitFor } from '@atalaya/test-kit';
import { Registry } from 'prom-client';
import { HttpSink } from '../../test/http-sink.js';
import { recordingLogger } from '../../test/recording-logger.js';
import { Complaints } from '../complaints/complaints.js';
import { createLeaderMetrics } from '../metrics.js';
import { deliver } from './deliver.js';
import { DeliveryQueue } from './delivery-queue.js';
import { IngestClient } from './ingest-client.js';

const signature = { token: '4294967299', ensemble: 'e-1', leader: 'candidate-1' };

/** A term that delivers to a sink. */
async function startDelivery(options: { token?: string; timeoutMs?: number } = {}) {
  const sink = new HttpSink();
  await sink.start();
  const { logger, lines } = recordingLogger();
  const queue = new DeliveryQueue({ maxCount: 1_000, maxBytes: 1e6, onDrop: () => {} });
  const [term, send] = [new AbortController(), new AbortController()];
  const settled: number[] = [];
  const lease = { valid: true, asked: 0 };
  const registry = new Registry();
  const ended = deliver({
    queue,
    ingest: new IngestClient({ url: sink.url, token: options.token, timeoutMs: options.timeoutMs ?? 5_000 }),
    signature,
    mayAct: () => {
      lease.asked += 1;
      return lease.valid;
    },
    onSettled: ({ timestamp }) => settled.push(timestamp),
    signal: term.signal,
    abortSend: send.signal,
    logger,
    complaints: new Complaints(logger),
    metrics: createLeaderMetrics(
      registry,
      ['default'],
      [() => ({ ticks: queue.size, bytes: queue.bytes })],
    )[0]!,
  });
  ended.catch(() => {});
  return {
    sink,
    queue,
    lines,
    lease,
    settled,
    ended,
    registry,
    add(timestamp: number, more: object = {}) {
      queue.add({ timestamp, report: JSON.stringify({ group: 'g', timestamp, value: 1, ...more }) });
    },
    endTerm() {
      term.abort(new Error('the term is over'));
      send.abort(new Error('the term is over'));
      return ended;
    },
    async [Symbol.asyncDispose]() {
      term.abort();
      send.abort();
      await ended.catch(() => {});
      await sink.stop();
    },
  };
}

test('ticks are delivered in order, signed by the term, with the token of the API', async () => {
  await using delivery = await startDelivery({ token: 'secret' });
  for (const timestamp of [10, 20, 30]) delivery.add(timestamp);
  await waitFor(() => delivery.settled.length === 3);
  expect(delivery.sink.arrivals.map(({ report }) => report.timestamp)).toEqual([10, 20, 30]);
  expect(delivery.sink.arrivals[0]).toMatchObject({
    report: { group: 'g', timestamp: 10, value: 1, ...signature },
    authorization: 'Bearer secret',
    path: '/api/v1/measurements',
    status: 201,
  });
  expect(delivery.queue.size).toBe(0);
  expect(delivery.lines()).toEqual([]);
});

test('while the API is down ticks are kept, and delivered in order when it is back; each is said once', async () => {
  await using delivery = await startDelivery();
  await delivery.sink.stop();
  for (let timestamp = 10; timestamp <= 200; timestamp += 10) delivery.add(timestamp);
  await waitFor(() => delivery.lines().length > 0);
  await delivery.sink.start();
  await waitFor(() => delivery.settled.length === 20, { timeoutMs: 20_000 });
  expect(delivery.sink.ticks).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 10));
  expect(delivery.settled).toEqual(delivery.sink.ticks);
  expect(delivery.lines()).toHaveLength(2);
  expect(delivery.lines()[0]).toMatch(/^warn: the ingest API is away: .*ECONNREFUSED.*ticks are kept/);
  expect(delivery.lines()[1]).toMatch(/^info: the ingest API is back/);
});

test('why the API cannot store is said once per reason, and that it can again', async () => {
  await using delivery = await startDelivery();
  const refusal = (code: string, detail: string) => ({
    status: 503,
    body: {
      type: 'urn:atalaya:problem:unavailable',
      title: 'Service Unavailable',
      status: 503,
      detail,
      code,
    },
  });
  const answers = [
    refusal('STORE_FULL', 'It is out of memory.'),
    refusal('STORE_FULL', 'It is out of memory.'),
    refusal('STORE_READ_ONLY', 'It is a replica.'),
    refusal('STORE_FULL', 'It is out of memory.'),
  ];
  delivery.sink.prescribe = () => answers.shift();
  delivery.add(10);
  await waitFor(() => delivery.settled.length === 1);
  expect(delivery.lines()).toEqual([
    expect.stringMatching(
      /^warn: the ingest API cannot store: 503 .*: It is out of memory\.; ticks are kept/,
    ),
    expect.stringMatching(/^warn: the ingest API cannot store: 503 .*: It is a replica\.; ticks are kept/),
    expect.stringMatching(/^info: the ingest API is back/),
  ]);
});

test.each([429, 500, 502, 503])('an answer %d is followed by another attempt', async (status) => {
  await using delivery = await startDelivery();
  let refusals = 2;
  delivery.sink.prescribe = () => (refusals-- > 0 ? { status } : undefined);
  delivery.add(10);
  await waitFor(() => delivery.settled.length === 1);
  expect(delivery.sink.arrivals.map((arrival) => arrival.status)).toEqual([status, status, 201]);
});

test('Retry-After is obeyed', async () => {
  await using delivery = await startDelivery();
  let refusals = 1;
  delivery.sink.prescribe = () =>
    refusals-- > 0 ? { status: 503, headers: { 'retry-after': '1' } } : undefined;
  delivery.add(10);
  await waitFor(() => delivery.settled.length === 1);
  const [first, second] = delivery.sink.arrivals;
  expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(990);
});

test('a request without an answer is given up after its timeout and sent again', async () => {
  await using delivery = await startDelivery({ timeoutMs: 100 });
  let silent = true;
  delivery.sink.prescribe = () => {
    if (!silent) return undefined;
    silent = false;
    return 'hang';
  };
  delivery.add(10);
  await waitFor(() => delivery.settled.length === 1);
  expect(delivery.sink.arrivals).toHaveLength(2);
});

test('a tick that is stored already is done with', async () => {
  await using delivery = await startDelivery();
  delivery.sink.prescribe = () => ({ status: 200 });
  delivery.add(10);
  await waitFor(() => delivery.settled.length === 1);
  expect(await delivery.registry.getSingleMetricAsString('atalaya_ticks_sent_total')).toContain(
    'atalaya_ticks_sent_total{outcome="duplicate"} 1',
  );
});

test('409 ends the term: said once, nothing more is sent, the ticks are kept', async () => {
  await using delivery = await startDelivery();
  delivery.sink.prescribe = () => ({
    status: 409,
    body: { type: 'about:blank', title: 'Stale token', status: 409, detail: 'the newest is 9' },
  });
  delivery.add(10);
  delivery.add(20);
  expect(await delivery.ended).toBe('superseded');
  expect(delivery.sink.arrivals).toHaveLength(1);
  expect(delivery.queue.size).toBe(2);
  expect(delivery.lines()).toEqual([
    expect.stringMatching(/^warn: the ingest API has seen a newer leader.*409/),
  ]);
});

test('a report that the API refuses is dropped with a warning, and the next one is sent', async () => {
  await using delivery = await startDelivery();
  delivery.sink.prescribe = ({ timestamp }) =>
    timestamp < 30
      ? { status: 400, body: { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'too old' } }
      : undefined;
  for (const timestamp of [10, 20, 30]) delivery.add(timestamp);
  await waitFor(() => delivery.settled.length === 3);
  expect(delivery.sink.arrivals.map(({ status }) => status)).toEqual([400, 400, 201]);
  expect(delivery.lines()).toEqual([
    expect.stringMatching(/^warn: the ingest API refuses the report of tick 10 \(400 Bad Request: too old\)/),
    'info: the ingest API accepts reports again',
  ]);
  expect(await delivery.registry.getSingleMetricAsString('atalaya_ticks_dropped_total')).toContain(
    'atalaya_ticks_dropped_total{reason="refused"} 2',
  );
});

test.each([
  [401, /INGEST_TOKEN/],
  [403, /INGEST_TOKEN/],
  [404, /INGEST_URL/],
  [301, /INGEST_URL/],
])(
  'an answer %d is said with what to do, keeps the tick, and is not asked for again at once',
  async (status, advice) => {
    await using delivery = await startDelivery();
    delivery.sink.prescribe = () => ({ status, headers: { location: '/elsewhere' } });
    delivery.add(10);
    await waitFor(() => delivery.lines().length === 1);
    expect(delivery.lines()[0]).toMatch(advice);
    expect(await delivery.endTerm()).toBe('ended');
    expect([delivery.sink.arrivals.length, delivery.queue.size]).toEqual([1, 1]);
  },
);

test('a report that is too large is sent without the single sensors', async () => {
  await using delivery = await startDelivery();
  delivery.sink.prescribe = ({ sensors }) => (sensors === undefined ? undefined : { status: 413 });
  delivery.add(10, { sensors: { a: 1 }, stale: [], invalid: [] });
  delivery.add(20, { sensors: { a: 1 }, stale: [], invalid: [] });
  await waitFor(() => delivery.settled.length === 2);
  expect(delivery.sink.arrivals.map(({ status }) => status)).toEqual([413, 201, 413, 201]);
  expect(delivery.lines()).toHaveLength(1);
});

test('without a lease nothing is sent', async () => {
  await using delivery = await startDelivery();
  delivery.lease.valid = false;
  delivery.add(10);
  await waitFor(() => delivery.lease.asked >= 3);
  expect(delivery.sink.arrivals).toEqual([]);
  delivery.lease.valid = true;
  await waitFor(() => delivery.settled.length === 1);
});

test('the end of the term aborts the send under way and keeps the tick', async () => {
  await using delivery = await startDelivery();
  delivery.sink.prescribe = () => 'hang';
  delivery.add(10);
  await waitFor(() => delivery.sink.arrivals.length === 1);
  expect(await delivery.endTerm()).toBe('ended');
  expect([delivery.settled.length, delivery.queue.size]).toEqual([0, 1]);
});

describe('a tick that the API takes for one of the future', () => {
  const refusal = {
    status: 400,
    body: { type: 'urn:atalaya:problem:timestamp-ahead', title: 'Bad Request', status: 400, detail: 'ahead' },
  };

  test('is dropped where it is one by the own clock, too', async () => {
    await using delivery = await startDelivery();
    const ahead = Date.now() + 86_400_000;
    delivery.sink.prescribe = ({ timestamp }) => (timestamp === ahead ? refusal : undefined);
    delivery.add(ahead);
    delivery.add(5_000);
    await waitFor(() => delivery.settled.length === 2);
    expect(delivery.settled).toContain(ahead);
    expect(delivery.lines()).toContainEqual(expect.stringContaining('named by a wrong clock'));
  });

  test('is kept where it is none, until the clock of the API is right', async () => {
    await using delivery = await startDelivery();
    delivery.sink.prescribe = () => (delivery.sink.arrivals.length < 1 ? refusal : undefined);
    delivery.add(5_000);
    await waitFor(() => delivery.settled.length === 1, { timeoutMs: 20_000 });
    expect(delivery.lines()).toContainEqual(expect.stringContaining('clock is behind, synchronise it'));
    expect(delivery.settled).toEqual([5_000]);
  });
});

test.each([
  ['another program', 201, { ok: true }, /201 without the value that is stored/],
  ['a page', 200, '<html>Welcome</html>', /200 without the value that is stored/],
  ['no end', 200, 'x'.repeat(10 * 1024 * 1024), /an answer of more than 262144 bytes/],
])('an answer of %s counts for no delivery: the tick is kept', async (_what, status, body, said) => {
  await using delivery = await startDelivery();
  delivery.sink.prescribe = () => ({ status, body });
  delivery.add(10);
  await waitFor(() => delivery.lines().length > 0);
  expect(delivery.lines()[0]).toMatch(said);
  expect(delivery.lines()[0]).toMatch(/no ingest API answers at .*set INGEST_URL/);
  expect([delivery.queue.size, delivery.settled]).toEqual([1, []]);
});
