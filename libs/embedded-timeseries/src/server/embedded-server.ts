import { getHeapStatistics } from 'node:v8';
import { createServer, type Server, type Socket } from 'node:net';
import {
  BLOCKED,
  type CommandContext,
  NO_REPLY,
  type ServerFacade,
  type Session,
} from '../commands/command.js';
import { MODULE_VERSIONS } from '../commands/compatibility.js';
import { executeCommand } from '../commands/executor.js';
import { messagesFor } from '../commands/pubsub.js';
import { ScriptRegistry } from '../commands/script-registry.js';
import { Database } from '../keyspace/database.js';
import { ErrorReply, type Reply } from '../protocol/reply.js';
import { DEFAULT_REQUEST_LIMITS, type RequestLimits } from '../protocol/request-parser.js';
import { type RecordStore } from '../storage/record-store.js';
import { BlockedCommands } from './blocked-commands.js';
import { CommitQueue } from './commit-queue.js';
import { Connection, type ConnectionOwner } from './connection.js';
import { loadReporter } from './load-reporter.js';
import { type EmbeddedTimeSeriesOptions, type ServerLogger } from './options.js';

const MIB = 1024 * 1024;
const DEFAULT_CHUNK_CACHE_BYTES = 16 * MIB;
const DEFAULT_OBJECT_CACHE_BYTES = 64 * MIB;
/** Of the heap's limit, for objects in use. */
const IN_USE_PART = 1 / 8;
const DEFAULT_MAX_KEYS = 1_000_000;
const DEFAULT_MAX_OBJECT_BYTES = 64 * MIB;
const DEFAULT_MAX_OUTPUT_BYTES = 256 * MIB;
const DEFAULT_MAX_CONNECTIONS = 1000;
const CLOSE_GRACE_MS = 500;
/** Who sends many HTTP requests does not fill the log. */
const HTTP_LOG_INTERVAL_MS = 60_000;

/** Connections, commands, and commits of one server. */
export class EmbeddedServer implements ServerFacade, ConnectionOwner {
  readonly database: Database;
  readonly scripts: ScriptRegistry;
  readonly password: string | undefined;
  readonly moduleVersion: number;
  readonly swapsFirstAndLast: boolean;
  readonly startedAtMs = Date.now();
  port = 0;
  readonly #store: RecordStore;
  readonly #commits: CommitQueue;
  readonly #connections = new Set<Connection>();
  readonly #blocked = new BlockedCommands();
  readonly #logger: ServerLogger | undefined;
  readonly #limits: RequestLimits;
  readonly #maxOutputBytes: number;
  readonly #server: Server;
  #publications: { channel: string; message: string }[] = [];
  #nextConnectionId = 1;
  #httpLoggedAtMs = -Infinity;
  #closing: Promise<void> | undefined;

  constructor(store: RecordStore, options: EmbeddedTimeSeriesOptions) {
    this.#store = store;
    const limits = {
      chunkCacheBytes: options.chunkCacheBytes ?? DEFAULT_CHUNK_CACHE_BYTES,
      objectCacheBytes: options.objectCacheBytes ?? DEFAULT_OBJECT_CACHE_BYTES,
      objectsInUseBytes:
        options.objectsInUseBytes ??
        options.objectCacheBytes ??
        getHeapStatistics().heap_size_limit * IN_USE_PART,
      maxKeys: options.maxKeys ?? DEFAULT_MAX_KEYS,
      maxObjectBytes: options.maxObjectBytes ?? DEFAULT_MAX_OBJECT_BYTES,
    };
    this.database = new Database(store, limits, loadReporter(options.dataDir, options.logger));
    this.scripts = new ScriptRegistry(options.scripts ?? []);
    this.password = options.password;
    const version = options.answersAs ?? '8.10';
    this.moduleVersion = MODULE_VERSIONS[version];
    this.swapsFirstAndLast = version !== '8.10';
    this.#logger = options.logger;
    this.#limits = { ...DEFAULT_REQUEST_LIMITS, ...options.requestLimits };
    this.#maxOutputBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
    this.#commits = new CommitQueue(this.database, store, {
      onCommitted: () => {
        this.#afterCommit();
      },
      onRecovered: () => {
        this.#logger?.info({}, 'The time series can be written again.');
      },
      onFailed: (error, isFirst) => {
        this.#afterFailure(error, isFirst);
      },
    });
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
    this.#server.maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get committed(): number {
    return this.#commits.committed;
  }

  get required(): number {
    return this.#commits.required;
  }

  sessions(): Iterable<Session> {
    return this.#connections;
  }

  now(): number {
    return Date.now();
  }

  publish(channel: string, message: string): number {
    this.#publications.push({ channel, message });
    let receivers = 0;
    for (const connection of this.#connections) receivers += messagesFor(connection, channel, message).length;
    return receivers;
  }

  block(session: Session, timeoutMs: number, retry: () => Reply | undefined, onTimeout: () => Reply): void {
    if (!(session instanceof Connection)) return;
    session.block();
    this.#blocked.add(session, timeoutMs, retry, onTimeout);
  }

  get blockedClients(): number {
    return this.#blocked.size;
  }

  handle(connection: Connection, args: string[]): void {
    const context: CommandContext = {
      server: this,
      database: this.database,
      session: connection,
      execute: executeCommand,
      origin: 'client',
      protocol: connection.protocol,
    };
    const reply = this.#execute(args, context);
    if (reply !== BLOCKED && reply !== NO_REPLY) connection.reply(reply);
    this.#sendPublications();
  }

  afterRequests(): void {
    this.#commits.schedule();
  }

  sentHttp({ address }: Connection): void {
    const now = Date.now();
    if (now - this.#httpLoggedAtMs < HTTP_LOG_INTERVAL_MS) return;
    this.#httpLoggedAtMs = now;
    this.#logger?.warn(
      { address },
      'An HTTP request came to the port of the time series; its connection was closed and nothing of it executed.',
    );
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    this.#blocked.remove(connection);
    if (connection.watch) this.database.watches.remove(connection.watch);
  }

  #execute(args: string[], context: CommandContext): Reply | typeof BLOCKED | typeof NO_REPLY {
    try {
      return executeCommand(args, context);
    } catch (error) {
      this.#logger?.error({ err: error, command: args[0] }, 'A command failed unexpectedly.');
      return new ErrorReply(`ERR internal error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #sendPublications(): void {
    if (this.#publications.length === 0) return;
    for (const { channel, message } of this.#publications) {
      for (const connection of this.#connections) {
        for (const reply of messagesFor(connection, channel, message)) connection.deliver(reply);
      }
    }
    this.#publications = [];
  }

  #accept(socket: Socket): void {
    const id = this.#nextConnectionId++;
    const authenticated = this.password === undefined;
    this.#connections.add(
      new Connection(id, socket, authenticated, this, this.#limits, this.#maxOutputBytes),
    );
  }

  #afterCommit(): void {
    for (const connection of this.#connections) connection.flush();
    this.#blocked.retry();
  }

  #afterFailure(error: unknown, isFirst: boolean): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (isFirst) this.#logger?.error({ err: error }, 'The time series cannot be written to disk.');
    const reply = new ErrorReply(
      `MISCONF The time series cannot be written to disk (${reason}); nothing of this command was stored. Free space and try again.`,
    );
    for (const connection of this.#connections) connection.fail(reply);
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    await this.#commits.drain();
    for (const connection of [...this.#connections]) connection.end();
    // A client that does not read, or does not end its side, must not hold the server up.
    const force = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, CLOSE_GRACE_MS);
    await closed;
    clearTimeout(force);
    await this.#store.close();
  }
}
