import { type ServerScript } from '../commands/script-registry.js';
import { type RequestLimits } from '../protocol/request-parser.js';

/** Takes what happens beside the replies, e.g. a pino logger. */
export interface ServerLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface EmbeddedTimeSeriesOptions {
  /** Folder of the data; created where it does not exist. */
  dataDir: string;
  /** A loopback address; others are refused. Default 127.0.0.1. */
  host?: string;
  /** Default 0: the operating system chooses. */
  port?: number;
  /** Clients must give it with AUTH. Default: none. */
  password?: string;
  /** Scripts that EVAL and EVALSHA can run. */
  scripts?: readonly ServerScript[];
  logger?: ServerLogger;
  /**
   * The RedisTimeSeries whose version this server reports, and whose answers it gives where they differ: before 8.10,
   * `TS.REVRANGE`, `TS.MREVRANGE` and `TS.NREVRANGE` answer `first` for `last` and `last` for `first`. For tests of
   * clients. Default `8.10`.
   */
  answersAs?: '8.10' | '8.6';
  /** Memory for recently read samples, in bytes. Default 16 MiB. */
  chunkCacheBytes?: number;
  /** Memory for what keys hold besides samples that were read, in bytes. Default 64 MiB. */
  objectCacheBytes?: number;
  /**
   * Memory for what keys hold that were used in the minute before, in bytes. Default an eighth of the heap's limit, or
   * `objectCacheBytes` where that is given.
   */
  objectsInUseBytes?: number;
  /** Keys at a time; each takes some hundred bytes of memory. One more is refused with `OOM`. Default 1,000,000. */
  maxKeys?: number;
  /** Bytes of one hash or stream; more are refused with `OOM`. Default 64 MiB. */
  maxObjectBytes?: number;
  /**
   * What an acknowledged write survives: `power-loss` (default: it is flushed to the disk) or the death of the
   * `process` alone, several times faster, for tests; a crash of the operating system can then ruin the folder.
   */
  durability?: 'power-loss' | 'process';
  /**
   * Commits that are kept in the journal before the data file takes them over, in bytes; from a quarter of that on, a pause
   * between commits is used for it. More is slower to start after a crash and takes more memory; less writes more to the
   * disk. Default 32 MiB.
   */
  journalBytes?: number;
  /** Connections at a time. Default 1000. */
  maxConnections?: number;
  /** Bytes that may wait to be read by one client; beyond it the connection ends. Default 256 MiB. */
  maxOutputBytes?: number;
  requestLimits?: Partial<RequestLimits>;
}

/** A running server. */
export interface EmbeddedTimeSeries {
  readonly host: string;
  readonly port: number;
  /** `redis://` URL with the password. */
  readonly url: string;
  /** Commits what is acknowledged or waiting, ends all connections, and gives the folder up. May be called again. */
  close(): Promise<void>;
}
