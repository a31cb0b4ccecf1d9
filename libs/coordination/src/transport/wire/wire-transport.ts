import {
  type MultiOperation,
  type NodeValue,
  openSession,
  type PreparedReads,
  WireError,
  type WireSession,
} from '@atalaya/zookeeper-wire';
import { type CoordinationError } from '../../errors/coordination-error.js';
import { hasCode } from '../../errors/is-retryable.js';
import type { Acl } from '../acl.js';
import type { Stat, ZnodeValue } from '../stat.js';
import type {
  Created,
  Proof,
  Transport,
  TransportCapabilities,
  TransportCreateOptions,
  TransportFactory,
  TransportOperation,
  TransportOptions,
  TransportResult,
} from '../transport.js';
import { coordinationError, isRefusalOfQuorum } from './wire-errors.js';

interface Answered<T> {
  readonly value: T;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly zxid: bigint;
}

const maxRoundDelayMs = 500;

/** What every server from 3.5 on has; the rest is found out at the connection. */
const leastCapabilities: TransportCapabilities = {
  name: 'wire',
  multi: true,
  multiRead: false,
  persistentWatches: false,
  createWithAcl: true,
  containers: true,
  monotonicReads: 'always',
};

/** The port over {@link https://www.npmjs.com/package/@atalaya/zookeeper-wire | @atalaya/zookeeper-wire}. */
class WireTransport implements Transport {
  capabilities = leastCapabilities;
  readonly #options: TransportOptions;
  readonly #wire: WireSession;
  readonly #prepared = new WeakMap<readonly string[], PreparedReads>();

  constructor(options: TransportOptions) {
    this.#options = options;
    const { servers, sessionTimeoutMs, auth, sasl, tls, resume, events } = options;
    this.#wire = openSession({
      hosts: servers,
      sessionTimeoutMs,
      // Several rounds within a session: servers that come back have little time to be found.
      retry: { maxDelayMs: Math.min(maxRoundDelayMs, sessionTimeoutMs / 6) },
      auth: auth && [{ scheme: 'digest', auth: `${auth.user}:${auth.password}` }],
      sasl,
      tls,
      resume: resume && {
        id: resume.id,
        password: Buffer.from(resume.password, 'hex'),
        lastZxid: resume.lastZxid ?? 0n,
      },
      events: {
        connected: ({ id, timeoutMs, capabilities: { multiRead, persistentWatches } }) => {
          this.capabilities = { ...leastCapabilities, multiRead, persistentWatches };
          events.connected({ id, timeoutMs });
        },
        disconnected: () => {
          events.disconnected();
        },
        attemptFailed: (reason) => {
          events.attemptFailed(reason);
        },
        expired: () => {
          events.expired();
        },
        authenticationFailed: (reason) => {
          events.authenticationFailed(reason);
        },
        watch: ({ type, path }) => {
          events.watch(type, path);
        },
      },
    });
  }

  get session(): Transport['session'] {
    const { credentials, timeoutMs } = this.#wire;
    return credentials && timeoutMs !== undefined
      ? { id: credentials.id, password: Buffer.from(credentials.password).toString('hex'), timeoutMs }
      : undefined;
  }

  create(path: string, data: Buffer, options: TransportCreateOptions): Promise<Created> {
    return this.#asked(this.#wire.create(path, { data, ...kindOf(options) }), 'quorum', ({ value }) => value);
  }

  get(path: string, watch: boolean): Promise<ZnodeValue> {
    return this.#asked(this.#wire.getData(path, { watch }), 'server', ({ value }) => valueOf(value));
  }

  getMany(paths: readonly string[]): Promise<(ZnodeValue | CoordinationError)[]> {
    return this.#asked(this.#readAll(paths), 'server', ({ value }) => asReceived(value));
  }

  set(path: string, data: Buffer, version: number | undefined): Promise<Stat> {
    return this.#asked(this.#wire.setData(path, data, { version }), 'quorum', ({ value }) => value);
  }

  delete(path: string, version: number | undefined): Promise<void> {
    return this.#asked(this.#wire.delete(path, { version }), 'quorum', () => undefined);
  }

  exists(path: string, watch: boolean): Promise<Stat | undefined> {
    return this.#asked(this.#wire.exists(path, { watch }), 'server', ({ value }) => value);
  }

  children(path: string, watch: boolean): Promise<string[]> {
    return this.#asked(this.#wire.getChildren(path, { watch }), 'server', ({ value }) => [...value.names]);
  }

  multi(operations: readonly TransportOperation[]): Promise<TransportResult[]> {
    const steps = operations.map(stepOf);
    return this.#asked(this.#wire.multi(steps), 'quorum', ({ value }) =>
      value.map((result): TransportResult => {
        if (result.kind === 'create') return { type: 'create', path: result.path, stat: result.stat };
        if (result.kind === 'setData') return { type: 'set', stat: result.stat };
        return { type: result.kind };
      }),
    );
  }

  setAcl(path: string, acl: readonly Acl[], version: number | undefined): Promise<void> {
    return this.#asked(this.#wire.setAcl(path, acl, { version }), 'quorum', () => undefined);
  }

  getAcl(path: string): Promise<{ readonly acl: Acl[]; readonly stat: Stat }> {
    return this.#asked(this.#wire.getAcl(path), 'server', ({ value: { acl, stat } }) => ({
      acl: [...acl],
      stat,
    }));
  }

  addWatch(path: string, recursive: boolean): Promise<void> {
    return this.#asked(
      this.#wire.addWatch(path, recursive ? 'persistent-recursive' : 'persistent'),
      'server',
      () => undefined,
    );
  }

  removeWatch(path: string): Promise<void> {
    return this.#asked(this.#wire.removeWatches(path, 'any'), 'server', () => undefined);
  }

  sync(): Promise<void> {
    return this.#asked(this.#wire.sync('/'), 'leader', () => undefined);
  }

  /** By a transaction of nothing but a check, whose refusal is a transaction too. */
  async throughQuorum(path: string): Promise<void> {
    try {
      await this.#asked(this.#wire.check([{ path }]), 'quorum', () => undefined);
    } catch (error) {
      if (!hasCode(error, 'NO_NODE', 'NO_AUTHORIZATION')) throw error;
    }
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  /** Those that are asked for again are encoded once. Asynchronous for what it throws. */
  async #readAll(paths: readonly string[]): ReturnType<PreparedReads['read']> {
    let reads = this.#prepared.get(paths);
    if (reads === undefined) this.#prepared.set(paths, (reads = this.#wire.prepareReads(paths)));
    return reads.read();
  }

  async #asked<A extends Answered<unknown>, T>(
    answer: Promise<A>,
    provenBy: Proof,
    result: (answer: A) => T,
  ): Promise<T> {
    try {
      const answered = await answer;
      this.#contact(answered, provenBy);
      return result(answered);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (error.answer) {
        this.#contact(error.answer, provenBy === 'quorum' && isRefusalOfQuorum(error) ? 'quorum' : 'server');
      }
      throw coordinationError(error);
    }
  }

  #contact({ sentAtMs, answeredAtMs, zxid }: Omit<Answered<unknown>, 'value'>, provenBy: Proof): void {
    this.#options.events.contact({ sentAtMs, acknowledgedAtMs: answeredAtMs, provenBy, zxid });
  }
}

function valueOf({ data, stat }: NodeValue): ZnodeValue {
  return { data: data ?? Buffer.alloc(0), stat };
}

/** In place, and without asking for a stat, which is made when it is asked for: of thousands of values few are. */
function asReceived(values: (NodeValue | WireError)[]): (ZnodeValue | CoordinationError)[] {
  const received: (NodeValue | CoordinationError)[] = values as (NodeValue | CoordinationError)[];
  for (const [index, value] of values.entries()) {
    if (value instanceof WireError) received[index] = coordinationError(value);
    else if (value.data === null) received[index] = valueOf(value);
  }
  return received as (ZnodeValue | CoordinationError)[];
}

function kindOf({ ephemeral, sequential, container, ttlMs, acl }: TransportCreateOptions) {
  if (container === true) return { mode: 'container' as const, acl };
  if (ttlMs !== undefined)
    return { mode: sequential === true ? ('ttl-sequential' as const) : ('ttl' as const), ttlMs, acl };
  const base = ephemeral === true ? ('ephemeral' as const) : ('persistent' as const);
  return { mode: sequential === true ? (`${base}-sequential` as const) : base, acl };
}

function stepOf(operation: TransportOperation): MultiOperation {
  switch (operation.type) {
    case 'create':
      return { kind: 'create', path: operation.path, data: operation.data, ...kindOf(operation.options) };
    case 'set':
      return { kind: 'setData', path: operation.path, data: operation.data, version: operation.version };
    default:
      return { kind: operation.type, path: operation.path, version: operation.version };
  }
}

/** Opens sessions by ZooKeeper's protocol over Node's sockets: the transport that clients use by default. */
export const wireTransport: TransportFactory = (options) => new WireTransport(options);
