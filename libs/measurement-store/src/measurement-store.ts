import { type GroupStatus, type Measurement, type SensorReading, type TickReport } from '@atalaya/contracts';
import { encodeValue, sendAll, TimeSeriesError, tsGet } from '@atalaya/redis-timeseries';
import { Cluster } from 'ioredis';
import { clearGroup } from './clearing/clear-group.js';
import { BoundedConnection, type RedisConnection } from './connection/bounded-connection.js';
import { rejectionOf, toStoreError } from './connection/store-error.js';
import { StoreRejectedError, StoreUnavailableError } from './errors.js';
import { EventSubscriber } from './events/event-subscriber.js';
import { EVENT_STREAM_LENGTH } from './events/event-stream.js';
import { GroupEvents } from './events/group-events.js';
import { SensorForgetting } from './forgetting/sensor-forgetting.js';
import { groupKeys } from './keys.js';
import { type MeasurementQuery } from './measurement-query.js';
import { type NumberedMeasurement } from './numbered-measurement.js';
import { GroupReader } from './reading/group-reader.js';
import { NewestReader } from './reading/newest-reader.js';
import { SeriesReader } from './reading/series-reader.js';
import { type BatchOutcome, type RecordOutcome } from './record-outcome.js';
import { Recorder } from './recording/recorder.js';
import { MAX_SENSORS_PER_STEP, SENSORS_PER_STEP } from './recording/report-plan.js';
import { insertNowScript } from './scripts/insert-now.js';
import { ScriptRunner } from './scripts/script-runner.js';
import { groupSeries, sensorSeries } from './series/series.js';
import { RetentionAlignment } from './series/retention-alignment.js';
import { SeriesCreator } from './series/series-creator.js';
import { type EventsOptions, type StoreEvent } from './store-event.js';

/** The part of a logger that the store uses; pino has this form. */
export interface StoreLogger {
  warn(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/** Options of {@link MeasurementStore}. */
export interface MeasurementStoreOptions {
  /** How long raw values are kept, in ms, counted from the newest; 0 keeps all. */
  retentionMs: number;
  /** Longest wait for the connection and an answer of the server, in ms; default 2,000. */
  commandTimeoutMs?: number | undefined;
  /** Most operations that wait for the server at the same time, default 10,000; more fail at once. */
  maxPending?: number | undefined;
  /** Sensors that one atomic step stores, default 1,000, at most 2,500; more block the server for longer. */
  sensorsPerStep?: number | undefined;
  logger?: StoreLogger | undefined;
}

/**
 * Measurements of groups of sensors on RedisTimeSeries.
 *
 * Writes are atomic on the server and safe to send again: a tick is stored once, with its first value, whatever the
 * number of replicas. A tick's report of more than 1,000 sensors is stored in several such steps; it counts as stored
 * when all are, and sending it again completes it.
 *
 * Every method rejects with `StoreUnavailableError` in bounded time where Redis cannot be reached or does not answer.
 * The connection stays the caller's; `close` ends only what the store opened itself.
 */
export class MeasurementStore {
  readonly #connection: BoundedConnection;
  readonly #scripts: ScriptRunner;
  readonly #creator: SeriesCreator;
  readonly #retention: RetentionAlignment;
  readonly #recorder: Recorder;
  readonly #seriesReader: SeriesReader;
  readonly #newestReader: NewestReader;
  readonly #groupReader: GroupReader;
  readonly #subscriber: EventSubscriber;
  readonly #events: GroupEvents;

  constructor(redis: RedisConnection, options: MeasurementStoreOptions) {
    const { retentionMs, commandTimeoutMs = 2_000, maxPending = 10_000 } = options;
    const { sensorsPerStep = SENSORS_PER_STEP } = options;
    checkOptions(redis, { retentionMs, sensorsPerStep });
    this.#connection = new BoundedConnection(redis, { commandTimeoutMs, maxPending });
    this.#scripts = new ScriptRunner(this.#connection);
    this.#creator = new SeriesCreator(this.#scripts, retentionMs);
    this.#retention = new RetentionAlignment(this.#connection, retentionMs);
    this.#recorder = new Recorder({
      scripts: this.#scripts,
      creator: this.#creator,
      retention: this.#retention,
      forgetting: new SensorForgetting({
        connection: this.#connection,
        scripts: this.#scripts,
        retentionMs,
        onFailure: (group, error) => {
          options.logger?.debug({ err: error, group }, 'sensors that left long ago could not be looked for');
        },
      }),
      sensorsPerStep,
      maxPending,
      commandTimeoutMs,
    });
    this.#seriesReader = new SeriesReader(this.#connection, retentionMs);
    this.#newestReader = new NewestReader(this.#connection);
    this.#groupReader = new GroupReader(this.#connection, retentionMs);
    this.#subscriber = new EventSubscriber(redis);
    this.#events = new GroupEvents(this.#connection, this.#subscriber, (group) => this.status(group));
  }

  /**
   * Stores a tick's report in one atomic step, unless its token is older than the newest seen of the group or the tick
   * has a value. A report older than the newest tick is stored, but leaves status and last values as they are.
   *
   * @throws StoreRejectedError where the timestamp is older than the retention, or a value is not finite
   */
  record(report: TickReport): Promise<RecordOutcome> {
    return this.#recorder.record(report);
  }

  /** Stores reports, each as `record` does, in few round trips; those of one group in their order. Never rejects for one report. */
  recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]> {
    return this.#recorder.recordAll(reports);
  }

  /** Stores one value under the server's clock in ms; a millisecond that is taken moves on by 1. Not idempotent. */
  async insertNow(group: string, value: number): Promise<Measurement> {
    if (!Number.isFinite(value)) throw new StoreRejectedError(`Value ${value} is not a finite number.`);
    await this.#retention.align(group);
    const keys = groupKeys(group);
    const run = {
      keys: [keys.events, keys.mean, keys.status],
      args: [keys.channel, encodeValue(value), String(EVENT_STREAM_LENGTH)],
    };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const [outcome, detail = ''] = (await this.#scripts.run(insertNowScript, run)).flat();
      if (outcome === 'stored') return { timestamp: Number(detail), value };
      if (outcome === 'rejected') throw rejectionOf(detail);
      await this.#creator.create(group, keys, groupSeries(keys));
    }
    throw new StoreUnavailableError(`Series of group ${group} vanish as soon as they are created.`);
  }

  /** Means of a group, oldest first. */
  async measurements(query: MeasurementQuery): Promise<Measurement[]> {
    const keys = groupKeys(query.group);
    const [mean] = groupSeries(keys);
    return this.#seriesReader.read(keys, mean, query);
  }

  /** The newest raw means of a group with their numbers, oldest first; the cost does not depend on how many there are. */
  newest(group: string, limit: number): Promise<NumberedMeasurement[]> {
    return this.#newestReader.read(group, limit);
  }

  /** Values of one sensor, oldest first; none for a sensor that is not known. */
  async sensorMeasurements(sensorId: string, query: MeasurementQuery): Promise<Measurement[]> {
    const keys = groupKeys(query.group);
    return this.#seriesReader.read(keys, sensorSeries(keys, sensorId), query);
  }

  /**
   * Last value and state of each sensor of a group, by id, without those that have been gone for longer than raw values
   * are kept. The averages of these can still be read, until they have expired as well.
   */
  sensors(group: string): Promise<SensorReading[]> {
    return this.#groupReader.sensors(group);
  }

  /** The group's status at its newest tick. */
  status(group: string): Promise<GroupStatus> {
    return this.#groupReader.status(group);
  }

  /** Removes all values, sensors and the status of a group; the fence stays, so that old leaders stay refused. */
  clear(group: string): Promise<void> {
    return clearGroup(this.#connection, this.#scripts, group);
  }

  /**
   * Events of a group, each once and in order, whichever replica wrote them; with `afterId` first those after it. The
   * iteration ends when the signal aborts, and throws `StoreUnavailableError` where the store is away: begin again
   * after the last id.
   */
  events(group: string, options: EventsOptions): AsyncIterable<StoreEvent> {
    return this.#events.events(group, options);
  }

  /**
   * Resolves when the server answers a command of RedisTimeSeries, the newest value of the group `default`; a Redis that
   * only answers `PING` is of no use.
   *
   * @throws TimeSeriesMissingError where the server has none
   */
  async ping(options: { timeoutMs?: number | undefined } = {}): Promise<void> {
    const newest = tsGet(groupKeys('default').mean);
    const [answer] = await this.#connection.run((redis) => sendAll(redis, [newest]), options.timeoutMs);
    if (answer.ok) return;
    const { error } = answer;
    const isThere =
      error instanceof TimeSeriesError && (error.code === 'KEY_NOT_FOUND' || error.code === 'WRONG_TYPE');
    if (!isThere) throw toStoreError(error);
  }

  /** Closes the connection that follows events; idempotent. */
  close(): Promise<void> {
    this.#subscriber.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function checkOptions(
  redis: RedisConnection,
  options: { retentionMs: number; sensorsPerStep: number },
): void {
  const { retentionMs, sensorsPerStep } = options;
  if (!Number.isSafeInteger(retentionMs) || retentionMs < 0) {
    throw new RangeError(`retentionMs ${retentionMs} is not a non-negative integer.`);
  }
  if (!Number.isSafeInteger(sensorsPerStep) || sensorsPerStep < 1 || sensorsPerStep > MAX_SENSORS_PER_STEP) {
    throw new RangeError(`sensorsPerStep ${sensorsPerStep} is not from 1 to ${MAX_SENSORS_PER_STEP}.`);
  }
  const { keyPrefix, replyMapping } =
    redis instanceof Cluster ? (redis.options.redisOptions ?? {}) : redis.options;
  if (keyPrefix !== undefined && keyPrefix !== '') {
    throw new TypeError('A connection with keyPrefix cannot be used; the names of the keys are fixed.');
  }
  // In ioredis it also reads doubles inexactly.
  if (replyMapping === 'resp3') {
    throw new TypeError(
      "A connection with replyMapping 'resp3' cannot be used; leave it out (RESP3 itself works).",
    );
  }
}
