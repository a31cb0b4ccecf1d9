import { Database } from '../keyspace/database.js';
import { encodeRecordKey, type RecordKey, RecordKind } from '../storage/record-key.js';
import { type RecordChange, type RecordStore } from '../storage/record-store.js';
import { CommitQueue } from './commit-queue.js';

/** Records in memory that can be told to fail, and whose commits wait until they are let go. */
class FakeStore implements RecordStore {
  readonly records = new Map<string, { key: RecordKey; bytes: Buffer }>();
  failure: Error | undefined;
  release: () => void = () => {};

  objects(): Iterable<{ id: number; bytes: Buffer }> {
    return this.#sorted()
      .filter(({ key }) => key.kind === RecordKind.object)
      .map(({ key, bytes }) => ({ id: key.objectId, bytes }));
  }

  elements(objectId: number): Iterable<{ partId: number; bytes: Buffer }> {
    return this.#sorted()
      .filter(({ key }) => key.kind === RecordKind.element && key.objectId === objectId)
      .map(({ key, bytes }) => ({ partId: key.partId, bytes }));
  }

  require(key: RecordKey): Buffer {
    return this.read(key)!;
  }

  read(key: RecordKey): Buffer | undefined {
    return this.records.get(encodeRecordKey(key).toString('hex'))?.bytes;
  }

  async commit(changes: readonly RecordChange[]): Promise<void> {
    await new Promise<void>((resolve) => (this.release = resolve));
    if (this.failure) throw this.failure;
    for (const { key, bytes } of changes) {
      const id = encodeRecordKey(key).toString('hex');
      if (bytes === undefined) this.records.delete(id);
      else this.records.set(id, { key, bytes });
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #sorted(): { key: RecordKey; bytes: Buffer }[] {
    return [...this.records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
  }
}

const LIMITS = {
  chunkCacheBytes: 1024 * 1024,
  objectCacheBytes: 1024 * 1024,
  objectsInUseBytes: 1024 * 1024,
  maxKeys: 1000,
  maxObjectBytes: 1024 * 1024,
};

function setUp() {
  const store = new FakeStore();
  const database = new Database(store, LIMITS);
  const events: string[] = [];
  const queue = new CommitQueue(database, store, {
    onCommitted: () => events.push(`committed ${queue.committed}`),
    onFailed: (error, isFirst) => events.push(`failed ${String(error)} ${isFirst}`),
    onRecovered: () => events.push('recovered'),
  });
  return { store, database, queue, events };
}

/** Lets the running commit end, and waits for what follows from it. */
async function letGo({ store }: { store: FakeStore }): Promise<void> {
  store.release();
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

test('changes made while a commit runs go together into the next one', async () => {
  const all = setUp();
  const { database, queue, store } = all;
  database.setString('a', '1');
  expect(queue.required).toBe(1);
  const drained = queue.drain();
  database.setString('b', '2');
  database.setString('c', '3');
  expect([queue.required, queue.committed]).toEqual([2, 0]);
  await letGo(all);
  expect(queue.committed).toBe(1);
  await letGo(all);
  expect(queue.committed).toBe(2);
  await drained;
  expect([...store.records.values()].filter(({ key }) => key.kind === RecordKind.object)).toHaveLength(3);
});

test('a failed commit takes back its changes and those built on them, and memory is as on disk', async () => {
  const all = setUp();
  const { database, queue, store, events } = all;
  database.setString('kept', '1');
  void queue.drain();
  await letGo(all);
  store.failure = new Error('no space');
  database.setString('lost', '2');
  const drained = queue.drain();
  database.setString('built-on-it', '3');
  const required = queue.required;
  await letGo(all);
  expect([...database.keys()]).toEqual(['kept']);
  expect(queue.committed).toBe(required);
  await drained;
  store.failure = undefined;
  database.setString('later', '4');
  void queue.drain();
  await letGo(all);
  expect(events).toContain('failed Error: no space true');
  expect(events).toContain('recovered');
  expect([...new Database(store, LIMITS).keys()].sort()).toEqual(['kept', 'later']);
});
