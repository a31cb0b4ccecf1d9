import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { EventSubscriber, type EventSubscriberTimes } from '../src/events/event-subscriber.js';
import { MeasurementStore, StoreUnavailableError } from '../src/index.js';
import { eventually } from './eventually.js';
import { StoreProcess } from './store-process.js';

jest.setTimeout(120_000);

/** No renewal within a test: what arrives, arrives by the subscription. */
const NO_RENEWAL: Partial<EventSubscriberTimes> = { renewalIntervalMs: 3_600_000 };

const CHANNEL = 'channel';

let server: StoreProcess;

beforeEach(async () => {
  server = await StoreProcess.start();
});

afterEach(() => server[Symbol.asyncDispose]());

/** A connection that behaves as the one of the ingest API: what is under way when it breaks fails. */
function connect(): Redis {
  const redis = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  redis.on('error', () => {});
  return redis;
}

/** A subscriber with one listener, which counts its calls, and another connection. */
class Subscription implements AsyncDisposable {
  calls = 0;
  readonly redis = connect();
  readonly #subscriber: EventSubscriber;

  constructor(times: Partial<EventSubscriberTimes> = NO_RENEWAL) {
    this.#subscriber = new EventSubscriber(this.redis, times);
    this.#subscriber.subscribe(CHANNEL, () => (this.calls += 1));
  }

  /** Resolves when the server counts the subscription. */
  async established(): Promise<void> {
    await eventually(async () => {
      const [, count] = (await this.redis.call('PUBSUB', 'NUMSUB', CHANNEL).catch(() => [])) as unknown[];
      return count === 1;
    }, 'the subscription');
  }

  /** Publishes until the announcement has a receiver; resolves when the listener was called for it. */
  async announced(): Promise<void> {
    let before = 0;
    await eventually(async () => {
      before = this.calls;
      return (await this.redis.publish(CHANNEL, 'x').catch(() => 0)) === 1;
    });
    await eventually(() => this.calls > before);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#subscriber.close();
    this.redis.disconnect();
    return Promise.resolve();
  }
}

test('a subscription that was asked for while the server is away is made when it is there', async () => {
  await server.kill();
  await using subscription = new Subscription();
  await eventually(() => subscription.redis.status === 'reconnecting');
  await server.start();
  await subscription.established();
  await eventually(() => subscription.calls > 0);
  await subscription.announced();
});

test('after each kill and restart of the server it is made again, and the listener hears that it missed some', async () => {
  await using subscription = new Subscription();
  await subscription.established();
  for (let round = 0; round < 5; round += 1) {
    await subscription.announced();
    const before = subscription.calls;
    await server.kill();
    await eventually(() => subscription.calls > before, 'the loss to be announced');
    const lost = subscription.calls;
    await server.start();
    await eventually(() => subscription.calls > lost, 'the return to be announced');
    await subscription.established();
  }
});

test('a server that answers nothing is left, and subscribed to again once it answers', async () => {
  await using subscription = new Subscription({ renewalIntervalMs: 100, answerTimeoutMs: 200 });
  await subscription.established();
  const ready = subscription.calls;
  server.pause();
  try {
    // Its connection is open all the time: only the missing answer tells.
    await eventually(() => subscription.calls > ready + 5);
  } finally {
    server.resume();
  }
  await subscription.established();
  await subscription.announced();
});

test('a reader of events goes on behind its last one after kills of the server, by the subscription', async () => {
  const redis = connect();
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 30_000 });
  const stop = new AbortController();
  const seen: number[] = [];
  const following = (async () => {
    let afterId = '0-0';
    while (!stop.signal.aborted) {
      try {
        for await (const { id, event, data } of store.events('g', { afterId, signal: stop.signal })) {
          afterId = id;
          if (event === 'measurement') seen.push((data as { timestamp: number }).timestamp);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailableError);
      }
    }
  })();
  try {
    const expected: number[] = [];
    for (let tick = 1; tick <= 5; tick += 1) {
      expected.push(tick);
      await eventually(() =>
        store.record({ group: 'g', timestamp: tick, value: tick }).catch(() => undefined),
      );
      await eventually(() => seen.length === expected.length);
      await server.kill();
      await server.start();
    }
    expect(seen).toEqual(expected);
  } finally {
    stop.abort();
    await following;
    await store.close();
    redis.disconnect();
  }
});
