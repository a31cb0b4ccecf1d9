import {
  type Acl,
  ADD_WATCH_MODES,
  type AddWatchMode,
  type ClientIdentity,
  EncodedBody,
  type JuteReader,
  type NodeValue,
  type Operation,
  type ReplyBody,
  type RequestBody,
  RESULT_CODES,
  type Stat,
  WATCHER_TYPES,
  type WatcherType,
} from '@atalaya/zookeeper-protocol';
import { exchange, type ExchangeSettings, type Reply } from '../connection/exchange.js';
import { createRequest, type CreateOptions, isSequential } from '../operations/create.js';
import { KnownListings } from '../operations/known-listings.js';
import { type MultiOperation, multiParts, multiResults, type MultiResults } from '../operations/multi.js';
import { type ReadOperation, readParts, readResults, type ReadResults } from '../operations/multi-read.js';
import { PreparedReads } from '../operations/prepared-reads.js';
import { bytesOf, versionOf, type ZnodeData } from '../operations/znode-data.js';
import { type WatchKind } from '../watches/watch-table.js';
import { type Capabilities, requireCapability } from './capabilities.js';
import { authenticate } from './introduce.js';
import { resolveOptions } from './resolved-options.js';
import { SessionKeeper } from './session-keeper.js';
import { type AuthInfo, type SessionCredentials, type SessionOptions } from './session-options.js';
import { type SessionState } from './session-status.js';
import { ZnodePaths } from './znode-paths.js';

/** How long `close` waits for the server's answer. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Below this a caller that waits for room may go on. */
const LOW_WATER_BYTES = 1024 * 1024;
const DRAIN_POLL_MS = 5;

/** Whether a one-shot watch is set with a read. */
export interface WatchOption {
  readonly watch?: boolean | undefined;
}

/** The version that a write is for: any where none is given. */
export interface VersionOption {
  readonly version?: number | undefined;
}

/**
 * A session with an ensemble, from opening to its end, on one connection after the other.
 *
 * Requests are sent in the order of the calls, and answered in it. They reject with {@link WireError}s: with
 * `NOT_CONNECTED` where no server serves the session at the moment (nothing was sent), with `CONNECTION_LOSS`, or another
 * reason of the connection's end, where it broke before the answer (a write may have been applied), with a code of the
 * server's otherwise. Nothing is repeated. Every reply, and every error that is a server's answer, carries its
 * transaction id and the times of the request and its answer.
 */
export class WireSession implements AsyncDisposable {
  readonly #keeper: SessionKeeper;
  readonly #paths: ZnodePaths;
  readonly #listings = new KnownListings();

  /** @internal */
  constructor(options: SessionOptions) {
    const resolved = resolveOptions(options);
    this.#paths = new ZnodePaths(resolved.chroot);
    this.#keeper = new SessionKeeper(options, resolved, {
      fired: ({ type, path }) => {
        if (type !== 'none') options.events?.watch?.({ type, path: this.#paths.toClient(path) });
      },
      removed: (paths) => {
        for (const path of paths) {
          options.events?.watch?.({ type: 'removed', path: this.#paths.toClient(path) });
        }
      },
    });
  }

  get state(): SessionState {
    return this.#keeper.status.state;
  }

  /** With what the session can be resumed; undefined before the first connection. */
  get credentials(): SessionCredentials | undefined {
    const { id, password, lastZxid } = this.#keeper.identity;
    return id === 0n ? undefined : { id, password, lastZxid };
  }

  /** Negotiated; undefined before the first connection. */
  get timeoutMs(): number | undefined {
    return this.#keeper.identity.timeoutMs;
  }

  /** Whether the server has no quorum and takes reads only. */
  get readOnly(): boolean {
    return this.#keeper.identity.readOnly;
  }

  /** What the server that serves the session has; undefined while none does. */
  get capabilities(): Capabilities | undefined {
    return this.#keeper.capabilities;
  }

  /** Requests that wait for their answers. */
  get pendingRequests(): number {
    return this.#keeper.serving?.pendingRequests ?? 0;
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#keeper.serving?.queuedBytes ?? 0;
  }

  /** Watches that are set, and set again upon a reconnection. */
  get watchCount(): number {
    return this.#keeper.watches.size;
  }

  /**
   * Resolves when the session is served, at once if it is.
   *
   * @throws the reason of the signal, or {@link WireError} when the session is over
   */
  connected({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#keeper.status.connected(signal);
  }

  /** Resolves when few bytes wait to be sent: for whoever sends more than a server takes. */
  async drained(): Promise<void> {
    while (this.queuedBytes > LOW_WATER_BYTES) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
  }

  /** Creates a znode; resolves with its path, the sequence number included, and its stat. */
  async create(
    path: string,
    options: CreateOptions = {},
  ): Promise<Reply<{ readonly path: string; readonly stat: Stat }>> {
    const serverPath = this.#paths.toServer(path, { sequential: isSequential(options.mode) });
    const { operation, ...body } = createRequest(serverPath, options);
    // Each operation's own body; the union of the three is not seen through.
    const reply = await this.#request(operation as 'create2', body, { path });
    return { ...reply, value: { path: this.#paths.toClient(reply.value.path), stat: reply.value.stat } };
  }

  /** Deletes a znode that has no children. */
  async delete(path: string, { version }: VersionOption = {}): Promise<Reply<void>> {
    const body = { path: this.#paths.toServer(path), version: versionOf(version, path) };
    return { ...(await this.#request('delete', body, { path })), value: undefined };
  }

  /** The stat, or undefined where there is no such znode. A watch sees its creation too. */
  async exists(path: string, { watch = false }: WatchOption = {}): Promise<Reply<Stat | undefined>> {
    const serverPath = this.#paths.toServer(path);
    const missing = (error: number) => error === RESULT_CODES.NO_NODE;
    const reply = await this.#request<'exists', { readonly stat: Stat | undefined }>(
      'exists',
      { path: serverPath, watch },
      {
        path,
        otherwise: (error) => (missing(error) ? { value: { stat: undefined } } : undefined),
        onAnswer: (error) => {
          if (watch && error === 0) this.#keeper.watches.add('data', serverPath);
          if (watch && missing(error)) this.#keeper.watches.add('exist', serverPath);
        },
      },
    );
    return { ...reply, value: reply.value.stat };
  }

  /** Data and stat. Data share memory with what arrived with them: copy what is kept for long. */
  getData(path: string, { watch = false }: WatchOption = {}): Promise<Reply<NodeValue>> {
    return this.#read('getData', path, watch, 'data');
  }

  /** Replaces the data; resolves with the new stat. */
  async setData(path: string, data: ZnodeData, { version }: VersionOption = {}): Promise<Reply<Stat>> {
    const body = {
      path: this.#paths.toServer(path),
      data: bytesOf(data),
      version: versionOf(version, path),
    };
    const reply = await this.#request('setData', body, { path });
    return { ...reply, value: reply.value.stat };
  }

  /** Names of the children, in no order, and the stat of the parent. */
  getChildren(path: string, { watch = false }: WatchOption = {}): Promise<Reply<ReplyBody<'getChildren2'>>> {
    return this.#read('getChildren2', path, watch, 'child', (reader) => this.#listings.read(path, reader));
  }

  /** The access list, and the stat. */
  async getAcl(path: string): Promise<Reply<ReplyBody<'getAcl'>>> {
    return this.#request('getAcl', { path: this.#paths.toServer(path) }, { path });
  }

  /** Replaces the access list; `version` is of the list (`aversion`). */
  async setAcl(path: string, acl: readonly Acl[], { version }: VersionOption = {}): Promise<Reply<Stat>> {
    const body = { path: this.#paths.toServer(path), acl, version: versionOf(version, path) };
    const reply = await this.#request('setAcl', body, { path });
    return { ...reply, value: reply.value.stat };
  }

  /** Waits until the server has everything that the leader had: reads after it see it. */
  async sync(path = '/'): Promise<Reply<void>> {
    return {
      ...(await this.#request('sync', { path: this.#paths.toServer(path) }, { path })),
      value: undefined,
    };
  }

  /**
   * Applies all steps as one transaction, or none.
   *
   * @throws {MultiError} with an error for each step
   */
  async multi<const Ops extends readonly MultiOperation[]>(
    operations: Ops,
  ): Promise<Reply<MultiResults<Ops>>> {
    const { value, ...answer } = await this.#request('multi', multiParts(operations, this.#paths), {});
    return { ...answer, value: multiResults(operations, value, this.#paths, answer) };
  }

  /**
   * Checks versions by a transaction of the quorum that changes nothing: the answer proves that the ensemble's majority
   * knows the session.
   *
   * @throws {MultiError}
   */
  async check(checks: readonly ({ readonly path: string } & VersionOption)[]): Promise<Reply<void>> {
    const operations = checks.map(({ path, version }) => ({ kind: 'check', path, version }) as const);
    return { ...(await this.multi(operations)), value: undefined };
  }

  /** Many reads in one request, in one moment; each is answered by itself. Needs the capability `multiRead`. */
  async multiRead<const Ops extends readonly ReadOperation[]>(
    operations: Ops,
  ): Promise<Reply<ReadResults<Ops>>> {
    this.#needs('multiRead', 'multiRead');
    const { value, ...answer } = await this.#request('multiRead', readParts(operations, this.#paths), {});
    return { ...answer, value: readResults(operations, value, answer) };
  }

  /**
   * Reads of the data of many znodes that are made again and again: checked and encoded once.
   *
   * @param paths are not changed afterwards
   * @throws {WireError} `INVALID_ARGUMENT`
   */
  prepareReads(paths: readonly string[]): PreparedReads {
    const operations = paths.map((path) => ({ kind: 'getData', path }) as const);
    const parts = readParts(operations, this.#paths);
    return new PreparedReads(paths, new EncodedBody('multiRead', parts), async (body, settings) => {
      this.#needs('multiRead', 'multiRead');
      return this.#request('multiRead', body, settings);
    });
  }

  /**
   * Sets a watch that stays: on a znode and the names of its children, or on all below it too. Changes while cut off are
   * not reported: read again when connected. Needs the capability `persistentWatches`.
   */
  async addWatch(path: string, mode: AddWatchMode): Promise<Reply<void>> {
    this.#needs('persistentWatches', 'addWatch', path);
    const serverPath = this.#paths.toServer(path);
    const body = { path: serverPath, mode: ADD_WATCH_MODES[mode] };
    const onAnswer = (error: number) => {
      if (error === 0) this.#keeper.watches.addPersistent(mode, serverPath);
    };
    return { ...(await this.#request('addWatch', body, { path, onAnswer })), value: undefined };
  }

  /** Takes this session's watches on a znode away; rejects with `NO_WATCHER` where there are none. */
  async removeWatches(path: string, type: WatcherType = 'any'): Promise<Reply<void>> {
    const serverPath = this.#paths.toServer(path);
    const onAnswer = (error: number) => {
      if (error === 0 || error === RESULT_CODES.NO_WATCHER) this.#keeper.watches.remove(type, serverPath);
    };
    const body = { path: serverPath, type: WATCHER_TYPES[type] };
    return { ...(await this.#request('removeWatches', body, { path, onAnswer })), value: undefined };
  }

  /** Paths of this session's ephemeral znodes below the prefix. Needs the capability `counts`. */
  async getEphemerals(prefix = '/'): Promise<Reply<readonly string[]>> {
    this.#needs('counts', 'getEphemerals', prefix);
    const reply = await this.#request(
      'getEphemerals',
      { prefix: this.#paths.toServer(prefix) },
      { path: prefix },
    );
    return { ...reply, value: reply.value.paths.map((path) => this.#paths.toClient(path)) };
  }

  /** How many znodes there are below it, at any depth. Needs the capability `counts`. */
  async getAllChildrenNumber(path: string): Promise<Reply<number>> {
    this.#needs('counts', 'getAllChildrenNumber', path);
    const reply = await this.#request('getAllChildrenNumber', { path: this.#paths.toServer(path) }, { path });
    return { ...reply, value: reply.value.count };
  }

  /** The identities of the session. Needs the capability `whoAmI`. */
  async whoAmI(): Promise<Reply<readonly ClientIdentity[]>> {
    this.#needs('whoAmI', 'whoAmI');
    const reply = await this.#request('whoAmI', {}, {});
    return { ...reply, value: reply.value.identities };
  }

  /**
   * Adds an identity, on this connection and those to come.
   *
   * @throws {WireError} `AUTHENTICATION_FAILED`; the server closes the connection then
   */
  async addAuth(info: AuthInfo): Promise<void> {
    await authenticate(this.#serving('addAuth'), info);
    this.#keeper.addAuth(info);
  }

  /**
   * Ends the session, with its ephemeral znodes, within a round trip behind the requests under way; where no server can
   * be reached it is left to expire. What has not been answered rejects with `CLOSED`. Idempotent.
   */
  close(): Promise<void> {
    return this.#keeper.close(CLOSE_TIMEOUT_MS);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // Asynchronous for what it throws.
  async #read<O extends 'getData' | 'getChildren2'>(
    operation: O,
    path: string,
    watch: boolean,
    kind: WatchKind,
    read?: (reader: JuteReader) => ReplyBody<O>,
  ): Promise<Reply<ReplyBody<O>>> {
    const serverPath = this.#paths.toServer(path);
    const onAnswer = watch
      ? (error: number) => {
          if (error === 0) this.#keeper.watches.add(kind, serverPath);
        }
      : undefined;
    return this.#request(operation, { path: serverPath, watch } as RequestBody<O>, { path, read, onAnswer });
  }

  async #request<O extends Operation, T = ReplyBody<O>>(
    operation: O,
    body: RequestBody<O> | EncodedBody<O>,
    settings: ExchangeSettings<T>,
  ): Promise<Reply<T>> {
    return exchange<O, T>(this.#serving(operation, settings.path), operation, body, settings);
  }

  #serving(operation: string, path?: string) {
    const connection = this.#keeper.serving;
    if (connection) return connection;
    throw this.#keeper.status.notServed(operation, path);
  }

  #needs(capability: keyof Capabilities, operation: string, path?: string): void {
    if (this.capabilities) requireCapability(this.capabilities, capability, operation, path);
  }
}

/**
 * Begins to open a session, and returns at once; what happens is reported by the events of the options.
 *
 * @throws {WireError} `INVALID_ARGUMENT`
 */
export function openSession(options: SessionOptions): WireSession {
  return new WireSession(options);
}
