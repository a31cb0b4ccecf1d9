import {
  CoordinationError,
  type Created,
  type Stat,
  type Transport,
  type TransportCapabilities,
  type TransportCreateOptions,
  type TransportOperation,
  type TransportOptions,
  type TransportResult,
  type ZnodeValue,
} from '../../src/index.js';
import { FakeLine } from './fake-line.js';
import { applyAll } from './fake-transaction.js';
import type { FakeServer } from './fake-session.js';

/** The transport port over a line to a fake ZooKeeper: what each operation does at the servers. */
export class FakeTransport extends FakeLine implements Transport {
  readonly capabilities: TransportCapabilities;

  constructor(server: FakeServer, options: TransportOptions) {
    super(server, options);
    this.capabilities = {
      name: 'fake',
      multi: server.isCapable,
      multiRead: server.isCapable,
      persistentWatches: server.isCapable,
      createWithAcl: false,
      containers: false,
      monotonicReads: 'always',
    };
  }

  create(
    path: string,
    data: Buffer,
    { ephemeral = false, sequential = false }: TransportCreateOptions,
  ): Promise<Created> {
    return this.request('create', path, 'quorum', (session) => {
      const created = this.server.tree.create(path, data, ephemeral ? session.id : 0n, sequential);
      return { path: created, stat: this.server.tree.get(created).stat };
    });
  }

  get(path: string, watch: boolean): Promise<ZnodeValue> {
    return this.request('get', path, 'server', (session) => {
      const value = this.server.tree.get(path);
      if (watch) session.dataWatches.add(path);
      return value;
    });
  }

  set(path: string, data: Buffer, version: number | undefined): Promise<Stat> {
    return this.request('set', path, 'quorum', () => this.server.tree.set(path, data, version));
  }

  delete(path: string, version: number | undefined): Promise<void> {
    return this.request('delete', path, 'quorum', () => {
      this.server.tree.delete(path, version);
    });
  }

  exists(path: string, watch: boolean): Promise<Stat | undefined> {
    return this.request('exists', path, 'server', (session) => {
      if (watch) session.dataWatches.add(path);
      return this.server.tree.has(path) ? this.server.tree.get(path).stat : undefined;
    });
  }

  children(path: string, watch: boolean): Promise<string[]> {
    return this.request('children', path, 'server', (session) => {
      const names = this.server.tree.children(path);
      if (watch) session.childWatches.add(path);
      return names;
    });
  }

  sync(): Promise<void> {
    return this.request('sync', '/', 'leader', () => undefined);
  }

  throughQuorum(path: string): Promise<void> {
    return this.request('throughQuorum', path, 'quorum', () => undefined);
  }

  setAcl(path: string): Promise<void> {
    return this.request('setAcl', path, 'quorum', () => undefined);
  }

  getAcl(): Promise<never> {
    return unsupported();
  }

  getMany(paths: readonly string[]): Promise<(ZnodeValue | CoordinationError)[]> {
    return this.request('getMany', paths[0] ?? '/', 'server', () =>
      paths.map((path) => {
        try {
          return this.server.tree.get(path);
        } catch (error) {
          return error as CoordinationError;
        }
      }),
    );
  }

  /** Faults see it as `multi` of the path of its first step. */
  multi(operations: readonly TransportOperation[]): Promise<TransportResult[]> {
    return this.request('multi', operations[0]?.path ?? '/', 'quorum', (session) =>
      applyAll(this.server.tree, session, operations),
    );
  }

  addWatch(path: string, recursive: boolean): Promise<void> {
    return this.request('addWatch', path, 'server', (session) => {
      // The latest takes the place of the one before.
      const [set, replaced] = recursive
        ? [session.recursiveWatches, session.persistentWatches]
        : [session.persistentWatches, session.recursiveWatches];
      replaced.delete(path);
      set.add(path);
    });
  }

  removeWatch(path: string): Promise<void> {
    return this.request('removeWatch', path, 'server', (session) => {
      const { dataWatches, childWatches, persistentWatches, recursiveWatches } = session;
      for (const watches of [dataWatches, childWatches, persistentWatches, recursiveWatches]) {
        watches.delete(path);
      }
    });
  }
}

function unsupported(): Promise<never> {
  return Promise.reject(new CoordinationError('UNSUPPORTED', 'The fake transport cannot do this'));
}
