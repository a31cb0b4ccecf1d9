import { type GroupStatus, type Measurement, type SensorReading, type TickReport } from '@atalaya/contracts';
import { type Cluster, type Redis } from 'ioredis';
import { type MeasurementQuery, type SeriesQuery } from './measurement-query.js';
import { type BatchOutcome, type RecordOutcome } from './record-outcome.js';
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
  /** Longest wait for an answer of the server, in ms; default 2,000. */
  commandTimeoutMs?: number | undefined;
  logger?: StoreLogger | undefined;
}

/** Measurements of groups of sensors on RedisTimeSeries. */
export declare class MeasurementStore {
  constructor(redis: Redis | Cluster, options: MeasurementStoreOptions);
  record(report: TickReport): Promise<RecordOutcome>;
  recordAll(reports: readonly TickReport[]): Promise<BatchOutcome[]>;
  insertNow(group: string, value: number): Promise<Measurement>;
  measurements(query: MeasurementQuery): Promise<Measurement[]>;
  sensorMeasurements(sensorId: string, query: SeriesQuery & { group: string }): Promise<Measurement[]>;
  sensors(group: string): Promise<SensorReading[]>;
  status(group: string): Promise<GroupStatus>;
  clear(group: string): Promise<void>;
  events(group: string, options: EventsOptions): AsyncIterable<StoreEvent>;
  ping(options?: { timeoutMs?: number }): Promise<void>;
  close(): Promise<void>;
}
