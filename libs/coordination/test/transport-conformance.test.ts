import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import {
  nativeTransport,
  parseConnectString,
  wireTransport,
  type Contact,
  type Transport,
  type TransportEvents,
  type TransportFactory,
  type WatchEventType,
} from '../src/index.js';
import { FakeZooKeeper } from './fake/fake-zookeeper.js';

/** A transport under test, with its events. */
class Subject implements AsyncDisposable {
  readonly told: string[] = [];
  readonly watches: [WatchEventType, string][] = [];
  readonly contacts: Contact[] = [];
  readonly transport: Transport;

  constructor(factory: TransportFactory, hosts: string, sessionTimeoutMs = 4_000) {
    const tell = (event: keyof TransportEvents) => () => {
      this.told.push(event);
    };
    this.transport = factory({
      servers: parseConnectString(hosts).servers,
      sessionTimeoutMs,
      events: {
        connected: tell('connected'),
        disconnected: tell('disconnected'),
        expired: tell('expired'),
        authenticationFailed: tell('authenticationFailed'),
        watch: (type, path) => this.watches.push([type, path]),
        contact: (contact) => this.contacts.push(contact),
        attemptFailed: tell('attemptFailed'),
        failed: tell('failed'),
      },
    });
  }

  async connected(): Promise<Transport> {
    await waitFor(() => this.told.includes('connected'), { timeoutMs: 20_000 });
    return this.transport;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.transport.close();
  }
}

const persistent = { ephemeral: false, sequential: false };
const data = (text: string) => Buffer.from(text);

/** What every transport does, whatever it is made of. */
function describeTransport(
  name: string,
  setUp: () => { readonly factory: TransportFactory; readonly hosts: string },
) {
  let counter = 0;
  const subject = () => {
    const { factory, hosts } = setUp();
    return new Subject(factory, hosts);
  };
  /** A path of its own for each test. */
  const fresh = () => `/conformance-${name}-${process.pid}-${(counter += 1)}`;

  describe(`the ${name} transport`, () => {
    test('opens one session and reports its id and timeout', async () => {
      await using tested = subject();
      const transport = await tested.connected();
      expect(transport.session).toMatchObject({ timeoutMs: 4_000 });
      expect(transport.session!.id).toBeGreaterThan(0n);
      expect(tested.told).toEqual(['connected']);
    });

    test('creates, reads, writes, lists, finds and deletes, and rejects with typed errors', async () => {
      await using tested = subject();
      const transport = await tested.connected();
      const path = fresh();
      await expect(transport.get(path, false)).rejects.toMatchObject({ code: 'NO_NODE' });
      expect(await transport.exists(path, false)).toBeUndefined();
      expect(await transport.create(path, data('one'), persistent)).toMatchObject({ path });
      await expect(transport.create(path, data(''), persistent)).rejects.toMatchObject({
        code: 'NODE_EXISTS',
      });
      await expect(transport.create(`${path}/a/b`, data(''), persistent)).rejects.toMatchObject({
        code: 'NO_NODE',
      });
      await transport.create(`${path}/child`, data(''), persistent);
      expect(await transport.children(path, false)).toEqual(['child']);
      await expect(transport.delete(path, undefined)).rejects.toMatchObject({ code: 'NOT_EMPTY' });
      expect((await transport.get(path, false)).data.toString()).toBe('one');
      expect(await transport.set(path, data('two'), 0)).toMatchObject({ version: 1 });
      await expect(transport.set(path, data('three'), 0)).rejects.toMatchObject({ code: 'BAD_VERSION' });
      await transport.set(path, data('three'), undefined);
      await transport.delete(`${path}/child`, undefined);
      await expect(transport.delete(path, 0)).rejects.toMatchObject({ code: 'BAD_VERSION' });
      await transport.delete(path, 2);
      expect(await transport.exists(path, false)).toBeUndefined();
      await transport.sync();
    });

    test('ephemeral znodes carry the session, sequential ones a growing number of ten characters', async () => {
      await using tested = subject();
      const transport = await tested.connected();
      const path = fresh();
      await transport.create(path, data(''), persistent);
      const names = [];
      for (let count = 0; count < 3; count++) {
        const created = await transport.create(`${path}/n-`, data(''), { ephemeral: true, sequential: true });
        names.push(created.path);
      }
      expect(names).toEqual(['0', '1', '2'].map((digit) => `${path}/n-000000000${digit}`));
      expect((await transport.exists(names[0]!, false))?.ephemeralOwner).toBe(transport.session!.id);
      await expect(transport.create(`${names[0]!}/x`, data(''), persistent)).rejects.toMatchObject({
        code: 'NO_CHILDREN_FOR_EPHEMERALS',
      });
    });

    test('a watch fires once, after the change and before an answer that shows it; a failed read sets none', async () => {
      await using tested = subject();
      const transport = await tested.connected();
      const path = fresh();
      await expect(transport.get(path, true)).rejects.toMatchObject({ code: 'NO_NODE' });
      await transport.create(path, data('0'), persistent);
      await transport.sync();
      expect(tested.watches).toEqual([]);
      await transport.get(path, true);
      await transport.children(path, true);
      await transport.set(path, data('1'), undefined);
      await transport.set(path, data('2'), undefined);
      await transport.create(`${path}/c`, data(''), persistent);
      await transport.sync();
      expect(tested.watches).toEqual([
        ['changed', path],
        ['child', path],
      ]);
      await transport.get(`${path}/c`, true);
      await transport.delete(`${path}/c`, undefined);
      await transport.sync();
      expect(tested.watches.at(-1)).toEqual(['deleted', `${path}/c`]);
    });

    test('every acknowledged operation is a contact, with the time of its sending and who vouched for it', async () => {
      await using tested = subject();
      const transport = await tested.connected();
      const before = performance.now();
      await transport.exists('/', false);
      expect(tested.contacts.at(-1)).toMatchObject({ provenBy: 'server' });
      await transport.get(fresh(), false).catch(() => {});
      const refused = tested.contacts.length;
      expect(refused).toBeGreaterThan(0);
      await transport.sync();
      expect(tested.contacts.at(-1)).toMatchObject({ provenBy: 'leader' });
      await transport.throughQuorum('/');
      const contact = tested.contacts.at(-1)!;
      expect(contact.provenBy).toBe('quorum');
      expect(contact.sentAtMs).toBeGreaterThanOrEqual(before);
      expect(contact.acknowledgedAtMs).toBeGreaterThanOrEqual(contact.sentAtMs);
      expect(contact.acknowledgedAtMs).toBeLessThanOrEqual(performance.now());
    });

    test('closing ends the session with its ephemeral znodes, settles what is under way, and is idempotent', async () => {
      await using watcher = subject();
      const other = await watcher.connected();
      const tested = subject();
      const transport = await tested.connected();
      const path = fresh();
      await transport.create(path, data(''), { ephemeral: true, sequential: false });
      const underWay = Array.from({ length: 50 }, () => transport.get(path, false));
      const settled = Promise.allSettled(underWay);
      await Promise.all([transport.close(), transport.close()]);
      await settled;
      await expect(transport.get(path, false)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
      await waitFor(async () => (await other.exists(path, false)) === undefined);
      expect(tested.told).toEqual(['connected']);
    });

    test('no event comes from inside a call', async () => {
      await using tested = subject();
      const transport = await tested.connected();
      const path = fresh();
      await transport.create(path, data(''), persistent);
      await transport.get(path, true);
      let inside = false;
      const originalPush = tested.watches.push.bind(tested.watches);
      tested.watches.push = (...events) => {
        expect(inside).toBe(false);
        return originalPush(...events);
      };
      inside = true;
      const written = transport.set(path, data('1'), undefined);
      inside = false;
      await written;
      await transport.sync();
      expect(tested.watches).toHaveLength(1);
    });
  });
}

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

describeTransport('wire', () => ({ factory: wireTransport, hosts: zooKeeper.connectString }));
describeTransport('native', () => ({ factory: nativeTransport, hosts: zooKeeper.connectString }));

const fake = new FakeZooKeeper();
// The fake is held to the same, or the tests that run on it would prove nothing.
describeTransport('fake', () => ({ factory: fake.transport, hosts: 'fake:1' }));
