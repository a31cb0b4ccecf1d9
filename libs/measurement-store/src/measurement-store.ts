import {
  type GroupStatus,
  type Leadership,
  type Measurement,
  type SensorReading,
  type Term,
  type TermEndNotice,
  type TickReport,
} from '@atalaya/contracts';
import { type Command, sendAll, tsGet } from '@atalaya/redis-timeseries';
import { clearGroup } from './clearing/clear-group.js';
import { BoundedConnection, type RedisConnection } from './connection/bounded-connection.js';
import { isUnderstood } from './connection/store-error.js';
import { StoreCondition } from './connection/store-condition.js';
import { EventSubscriber } from './events/event-subscriber.js';
import { GroupEvents } from './events/group-events.js';
import { SensorForgetting } from './forgetting/sensor-forgetting.js';
import { groupKeys } from './keys.js';
import { type MeasurementQuery } from './measurement-query.js';
import { type NumberedMeasurement } from './numbered-measurement.js';
import { groupNames } from './reading/group-names.js';
import { GroupReader } from './reading/group-reader.js';
import { NewestReader } from './reading/newest-reader.js';
import { SeriesReader } from './reading/series-reader.js';
import { type BatchOutcome, type RecordOutcome } from './record-outcome.js';
import { Recorder } from './recording/recorder.js';
import { ValueInsertion } from './recording/value-insertion.js';
import { type GroupRepair, repairGroup, type RepairOutcome } from './repairing/repair-group.js';
import { ScriptRunner } from './scripts/script-runner.js';
import { groupSeries, sensorSeries } from './series/series.js';
import { RuleRepair } from './series/rule-repair.js';
import { RetentionAlignment } from './series/retention-alignment.js';
import { SeriesLimits } from './series/series-limits.js';
import { SeriesCreator } from './series/series-creator.js';
import { type EventsOptions, type StoreEvent } from './store-event.js';
import { checkedOptions, type MeasurementStoreOptions } from './store-options.js';
import { type TermQuery, TermReader } from './terms/term-reader.js';

/** Time after a write that the server took in which `ping` does not try another, in ms. */
const WRITE_PROVES_MS = 30_000;

/**
 * Measurements of groups of sensors on RedisTimeSeries.
 *
 * Writes are atomic on the server and safe to send again: a tick is stored once, with its first value, whatever the
 * number of replicas. A tick's report of more than 1,000 sensors is stored in several such steps; it counts as stored
 * when all are, and sending it again completes it.
 *
 * Every method rejects with `StoreUnavailableError` in bounded time where Redis cannot be reached or does not answer.
 * The connection stays the caller's; `close` ends only what the store opened itself. It is made again, though, when a
 * write is refused by a read-only replica: a server that was demoted keeps its connections.
 */
export class MeasurementStore {
  readonly #connection: BoundedConnection;
  readonly #condition: StoreCondition;
  readonly #scripts: ScriptRunner;
  readonly #recorder: Recorder;
  readonly #insertion: ValueInsertion;
  readonly #retentionMs: number;
  readonly #seriesReader: SeriesReader;
  readonly #newestReader: NewestReader;
  readonly #groupReader: GroupReader;
  readonly #termReader: TermReader;
  readonly #subscriber: EventSubscriber;
  readonly #events: GroupEvents;

  constructor(redis: RedisConnection, options: MeasurementStoreOptions) {
    const { retentionMs, maxAheadMs, commandTimeoutMs, maxPending, sensorsPerStep } = checkedOptions(
      redis,
      options,
    );
    this.#retentionMs = retentionMs;
    this.#connection = new BoundedConnection(redis, { commandTimeoutMs, maxPending });
    this.#scripts = new ScriptRunner(this.#connection);
    const limits = new SeriesLimits(this.#connection, {
      maxGroups: options.maxGroups ?? Infinity,
      maxSensorsPerGroup: options.maxSensorsPerGroup ?? Infinity,
    });
    const creator = new SeriesCreator(this.#scripts, limits, retentionMs);
    const retention = new RetentionAlignment(this.#connection, retentionMs);
    const repair = new RuleRepair({
      connection: this.#connection,
      scripts: this.#scripts,
      retentionMs,
      onRepair: (group, repair) => {
        options.logger?.warn(
          { group, ...repair },
          `${repair.rules} compaction rules of group ${group} were missing, as after the move of a Cluster slot or a ` +
            `restore: they are made again, with ${repair.buckets} buckets that they had missed`,
        );
      },
      onFailure: (group, error) => {
        options.logger?.debug({ err: error, group }, 'compaction rules could not be looked through');
      },
    });
    this.#recorder = new Recorder({
      scripts: this.#scripts,
      creator,
      retention,
      forgetting: new SensorForgetting({
        connection: this.#connection,
        scripts: this.#scripts,
        retentionMs,
        onFailure: (group, error) => {
          options.logger?.debug({ err: error, group }, 'sensors that left long ago could not be looked for');
        },
      }),
      repair,
      sensorsPerStep,
      maxAheadMs,
      maxPending,
      commandTimeoutMs,
    });
    this.#insertion = new ValueInsertion({ scripts: this.#scripts, creator, retention, repair });
    this.#seriesReader = new SeriesReader(this.#connection, retentionMs);
    this.#newestReader = new NewestReader(this.#connection);
    this.#groupReader = new GroupReader(this.#connection, retentionMs);
    this.#termReader = new TermReader(this.#connection, retentionMs);
    this.#subscriber = new EventSubscriber(redis);
    this.#condition = new StoreCondition({
      reconnect: () => {
        if (redis.status === 'ready') redis.disconnect(true);
        this.#subscriber.reconnect();
      },
      onUnavailable: options.onUnavailable,
    });
    this.#events = new GroupEvents(this.#connection, this.#subscriber, (group) => this.status(group));
  }

  /**
   * Stores a tick's report in one atomic step, unless its token is older than the newest seen of the group or the tick
   * has a value. A report older than the newest tick is stored, but leaves status and last values as they are.
   *
   * @throws StoreRejectedError where the timestamp is older than the retention, or a value is not finite
   * @throws TimestampAheadError where the timestamp is ahead of the server's clock by more than `maxAheadMs`
   * @throws LimitReachedError where the group, or sensors, are more than there may be
   */
  record(report: TickReport): Promise<RecordOutcome> {
    return this.#condition.writing(report.group, this.#recorder.record(report));
  }

  /** Stores reports, each as `record` does, in few round trips; those of one group in their order. Never rejects for one report. */
  async recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]> {
    const outcomes = await this.#recorder.recordAll(reports);
    for (const [index, outcome] of outcomes.entries()) {
      const { group = '' } = reports[index] ?? {};
      if (outcome.outcome === 'failed') this.#condition.refuse(group, outcome.error);
      else this.#condition.stored(group);
    }
    return outcomes;
  }

  /** Stores one value under the server's clock in ms; a millisecond that is taken moves on by 1. Not idempotent. */
  insertNow(group: string, value: number): Promise<Measurement> {
    return this.#condition.writing(group, this.#insertion.insertNow(group, value));
  }

  /** Means of a group, oldest first. */
  async measurements(query: MeasurementQuery): Promise<Measurement[]> {
    const keys = groupKeys(query.group);
    const [mean] = groupSeries(keys);
    return this.#condition.reading(this.#seriesReader.read(keys, mean, query));
  }

  /** The newest raw means of a group with their numbers, oldest first; the cost does not depend on how many there are. */
  newest(group: string, limit: number): Promise<NumberedMeasurement[]> {
    return this.#condition.reading(this.#newestReader.read(group, limit));
  }

  /** Values of one sensor, oldest first; none for a sensor that is not known. */
  async sensorMeasurements(sensorId: string, query: MeasurementQuery): Promise<Measurement[]> {
    const keys = groupKeys(query.group);
    return this.#condition.reading(this.#seriesReader.read(keys, sensorSeries(keys, sensorId), query));
  }

  /**
   * Last value and state of each sensor of a group, by id, without those that have been gone for longer than raw values
   * are kept. The averages of these can still be read, until they have expired as well.
   */
  sensors(group: string): Promise<SensorReading[]> {
    return this.#condition.reading(this.#groupReader.sensors(group));
  }

  /** The group's status at its newest tick. */
  status(group: string): Promise<GroupStatus> {
    return this.#condition.reading(this.#groupReader.status(group));
  }

  /**
   * The lowest (`min`) or highest (`max`) sensor of each tick, or how many the mean is of (`count`), oldest first. Buckets
   * are made of raw values, of which 17,280 are a day at one in 5 s.
   */
  async figures(figure: 'count' | 'min' | 'max', query: MeasurementQuery): Promise<Measurement[]> {
    const keys = groupKeys(query.group);
    const series = groupSeries(keys).find(({ kind }) => kind === figure);
    return series === undefined ? [] : this.#seriesReader.read(keys, series, query);
  }

  /** Who led a group, term by term, oldest first; kept as long as raw values. */
  terms(query: TermQuery): Promise<Term[]> {
    return this.#termReader.terms(query);
  }

  /** How a group is led, as its newest report says. */
  leadership(group: string): Promise<Leadership | null> {
    return this.#termReader.leadership(group);
  }

  /** Keeps how a term ended, as its leader says. Not fenced: it changes only how a term is described. */
  noteTermEnd(notice: TermEndNotice): Promise<void> {
    return this.#termReader.noteEnd(notice);
  }

  /** The names of all groups that hold values, in alphabetical order. */
  groups(): Promise<string[]> {
    return groupNames(this.#connection);
  }

  /** Removes all values, sensors, the status and the terms of a group; the fence stays, so that old leaders stay refused. */
  clear(group: string): Promise<void> {
    return this.#condition.writing(group, clearGroup(this.#connection, this.#scripts, group));
  }

  /**
   * Removes what was written to a group under a wrong clock, or forgets fencing tokens that cannot be: see
   * {@link GroupRepair}. Values that such a write had put out of the retention are there again, as far as the server has
   * not dropped them. Safe to repeat.
   *
   * @throws InvalidQueryError where there is nothing to do, or a value is out of range
   */
  repair(group: string, repair: GroupRepair): Promise<RepairOutcome> {
    const parts = { connection: this.#connection, scripts: this.#scripts, retentionMs: this.#retentionMs };
    return repairGroup(parts, group, repair);
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
   * Resolves when the server answers a command of RedisTimeSeries and takes writes. What is written is one small key, and
   * not where the server took a write within the last 30 s. A write that was refused within the last 10 s, and has not
   * been followed by one of its group that was taken, rejects with the reason.
   *
   * @throws StoreUnavailableError whose `code` says what the server cannot do
   */
  async ping(options: { timeoutMs?: number | undefined } = {}): Promise<void> {
    const { refused, sinceWriteMs } = this.#condition;
    if (refused !== undefined) throw refused;
    const keys = groupKeys('default');
    const isProven = sinceWriteMs < WRITE_PROVES_MS;
    // First what keeps it from writing: a replica, for example, may not even have loaded the module.
    const commands: Command<unknown>[] = isProven ? [] : [probeWrite(keys.probe)];
    commands.push(tsGet(keys.mean));
    const attempt = this.#connection.run(async (redis) => {
      for (const result of await sendAll(redis, commands)) {
        if (!result.ok && !isUnderstood(result.error)) throw result.error;
      }
    }, options.timeoutMs);
    await this.#condition.reading(attempt);
    if (!isProven) this.#condition.stored('');
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

/** A write that changes nothing after the first time. */
function probeWrite(key: string): Command<void> {
  return { name: 'SET', args: [key, '1'], keys: [key], decode: () => undefined };
}
