import { checkData, checkMilliseconds, checkVersion, invalid } from '../arguments/arguments.js';
import { childrenOrNone } from '../children/children-or-none.js';
import { repeated } from '../connection/repeated.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import type { Acl } from '../transport/acl.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';
import type { TransportOperation } from '../transport/transport.js';
import { assertZnodePath, joinPath, parentOf } from '../transport/znode-path.js';
import { abortable } from '../waiting/abortable.js';
import { deadlineSignal } from '../waiting/deadline.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { watchZnode } from '../watch/watch-znode.js';
import type {
  CreateOptions,
  TransactionResults,
  TransactionStep,
  VersionOptions,
  WatchOptions,
  ZnodeEvent,
  Znodes,
} from './znodes.js';

/** Single operations over whichever session there is. */
export class ZnodeOperations implements Znodes {
  readonly #keeper: SessionKeeper;
  readonly #timeoutMs: number;

  constructor(keeper: SessionKeeper, operationTimeoutMs: number) {
    this.#keeper = keeper;
    this.#timeoutMs = checkMilliseconds(operationTimeoutMs, 'operationTimeoutMs', { orInfinity: true });
  }

  create(path: string, options: CreateOptions = {}): Promise<string> {
    const { data, signal, ...kind } = options;
    return this.#once(`create ${path}`, signal, () => {
      assertCreatable(path, options);
      const bytes = checkData(data, path);
      return async (session) => (await session.create(path, bytes, kind)).path;
    });
  }

  get(path: string, { signal }: WaitOptions = {}): Promise<ZnodeValue> {
    return this.repeatedly(path, signal, (session) => session.get(path));
  }

  set(path: string, data: Buffer | string, { version, signal }: VersionOptions = {}): Promise<Stat> {
    return this.#once(`set ${path}`, signal, () => {
      assertZnodePath(path);
      const bytes = checkData(data, path);
      checkVersion(version, path);
      return (session) => session.set(path, bytes, version);
    });
  }

  delete(path: string, { version, signal }: VersionOptions = {}): Promise<void> {
    return this.#once(`delete ${path}`, signal, () => {
      assertDeletable(path);
      checkVersion(version, path);
      return (session) => session.delete(path, version);
    });
  }

  exists(path: string, { signal }: WaitOptions = {}): Promise<Stat | undefined> {
    return this.repeatedly(path, signal, (session) => session.exists(path));
  }

  children(path: string, { signal }: WaitOptions = {}): Promise<string[]> {
    return this.repeatedly(path, signal, (session) => session.children(path));
  }

  ensurePath(path: string, { signal }: WaitOptions = {}): Promise<void> {
    return this.repeatedly(path, signal, (session) => session.ensurePath(path));
  }

  async createOrSet(path: string, data: Buffer | string, { signal }: WaitOptions = {}): Promise<void> {
    const bytes = checkData(data, path);
    await this.repeatedly(path, signal, async (session) => {
      for (;;) {
        try {
          await session.set(path, bytes);
          return;
        } catch (error) {
          if (!hasCode(error, 'NO_NODE')) throw error;
        }
        await session.ensurePath(parentOf(path) ?? '/');
        try {
          await session.create(path, bytes);
          return;
        } catch (error) {
          // Somebody else was first, or took the parent away.
          if (!hasCode(error, 'NODE_EXISTS', 'NO_NODE')) throw error;
        }
      }
    });
  }

  async deleteRecursively(path: string, { signal }: WaitOptions = {}): Promise<void> {
    assertDeletable(path);
    await this.repeatedly(path, signal, (session) => deleteBelow(session, path));
  }

  async multi<const Steps extends readonly TransactionStep[]>(
    steps: Steps,
    { signal }: WaitOptions = {},
  ): Promise<TransactionResults<Steps>> {
    const results = await this.#once('multi', signal, () => {
      if (!Array.isArray(steps)) throw invalid('steps', steps, 'an array of steps');
      const operations = steps.map((step: TransactionStep) => operationOf(step));
      return (session) => session.multi(operations);
    });
    return results as unknown as TransactionResults<Steps>;
  }

  async getAcl(path: string, { signal }: WaitOptions = {}): Promise<Acl[]> {
    return (await this.repeatedly(path, signal, (session) => session.getAcl(path))).acl;
  }

  setAcl(path: string, acl: readonly Acl[], { version, signal }: VersionOptions = {}): Promise<void> {
    return this.#once(`set the access list of ${path}`, signal, () => {
      assertZnodePath(path);
      checkVersion(version, path);
      return (session) => session.setAcl(path, acl, version);
    });
  }

  watch(path: string, options: WatchOptions = {}): AsyncIterableIterator<ZnodeEvent> {
    assertZnodePath(path);
    return watchZnode(this.#keeper, path, options);
  }

  /** For what can be sent again without harm. */
  protected async repeatedly<T>(
    path: string,
    signal: AbortSignal | undefined,
    operation: (session: Session) => Promise<T>,
  ): Promise<T> {
    assertZnodePath(path);
    if (this.#timeoutMs === Infinity) return repeated(this.#keeper, signal, operation);
    using deadline = this.#deadline(path, signal);
    return await repeated(this.#keeper, deadline.signal, operation);
  }

  /** What an argument is refused with rejects, as any other failure does. */
  async #once<T>(
    what: string,
    signal: AbortSignal | undefined,
    prepare: () => (session: Session) => Promise<T>,
  ): Promise<T> {
    const operation = prepare();
    using deadline = this.#deadline(what, signal);
    const session = await this.#keeper.session(deadline.signal);
    return await abortable(operation(session), deadline.signal);
  }

  #deadline(what: string, signal: AbortSignal | undefined) {
    return deadlineSignal({
      timeoutMs: this.#timeoutMs,
      expired: (timeoutMs) =>
        new CoordinationError(
          'OPERATION_TIMEOUT',
          `${what} was not answered within ${timeoutMs} ms: a write may have been applied, or may yet be`,
        ),
      signals: [signal],
    });
  }
}

async function deleteBelow(session: Session, path: string): Promise<void> {
  for (;;) {
    try {
      await session.delete(path);
      return;
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) return;
      if (!hasCode(error, 'NOT_EMPTY')) throw error;
    }
    const names = await childrenOrNone(session, path);
    await Promise.all(names.map((name) => deleteBelow(session, joinPath(path, name))));
  }
}

function operationOf(step: TransactionStep): TransportOperation {
  if (step.type === 'create') {
    const { type, path, data, ...options } = step;
    assertCreatable(path, options);
    return { type, path, data: checkData(data, path), options };
  }
  assertZnodePath(step.path);
  checkVersion(step.version, step.path);
  return step.type === 'set' ? { ...step, data: checkData(step.data, step.path) } : step;
}

/** `/seq/` is a path for a sequential znode: its name is the sequence number alone. */
function assertCreatable(path: string, { sequential }: CreateOptions): void {
  assertZnodePath(sequential === true && typeof path === 'string' ? `${path}0` : path);
  if (path === '/') throw invalid('path', path, 'a path below "/": the root is always there', path);
}

function assertDeletable(path: string): void {
  assertZnodePath(path);
  if (path === '/') throw invalid('path', path, 'another znode: the root cannot be deleted', path);
}
