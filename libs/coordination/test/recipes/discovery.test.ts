import { waitFor } from '@atalaya/test-kit';
import type { Discovery, Registration, ServiceAddress } from '../../src/index.js';
import { TermRecorder } from '../support/terms.js';
import { RecipeBench } from './support/recipe-bench.js';

let bench: RecipeBench;
beforeAll(async () => {
  bench = await RecipeBench.start();
}, 90_000);
afterAll(async () => {
  await bench.close();
});
afterEach(async () => {
  await bench.heal();
});

const ids = (discovery: Discovery) => discovery.snapshot().instances.map(({ id }) => id);
const announce = (discovery: Discovery, ...names: string[]): Promise<Registration<ServiceAddress>[]> =>
  Promise.all(
    names.map((id, index) =>
      discovery.announce({
        id,
        address: { host: `${id}.internal`, port: 8_000 + index, metadata: { zone: id } },
      }),
    ),
  );

test('instances that announce themselves are found, picked in turn, and gone when they leave', async () => {
  await using service = await bench.first.discovery('/ingest');
  await using client = await bench.second.discovery('/ingest');
  expect(() => client.pick()).toThrow(
    expect.objectContaining({ code: 'NO_INSTANCE', path: '/ingest' }) as Error,
  );
  const registrations = await announce(service, 'a', 'b', 'c');
  await waitFor(() => ids(client).join() === 'a,b,c');
  expect([0, 1, 2, 3].map(() => client.pick().id)).toEqual(['a', 'b', 'c', 'a']);
  expect(client.pick()).toEqual({
    id: 'b',
    host: 'b.internal',
    port: 8_001,
    metadata: { zone: 'b' },
    leads: false,
  });
  expect(['a', 'b', 'c']).toContain(client.pick('random').id);
  const sticky = client.pick({ stickyBy: 'user 7' }).id;
  await waitFor(() => ids(service).length === 3);
  expect(service.pick({ stickyBy: 'user 7' }).id).toBe(sticky);
  await registrations[1]!.set({ host: 'other.internal', port: 9_000 });
  await waitFor(() => client.snapshot().instances[1]!.host === 'other.internal');
  await registrations[0]!.close();
  await waitFor(() => ids(client).join() === 'b,c');
  await Promise.all(registrations.map((each) => each.close()));
  await waitFor(() => ids(client).length === 0);
});

test('who leads is known, and follows the election', async () => {
  const { first, second, direct } = bench;
  await using service = await first.discovery('/led');
  await using client = await direct.discovery('/led');
  await announce(service, 'a', 'b');
  const [stopA, stopB] = [new AbortController(), new AbortController()];
  const recorder = new TermRecorder();
  expect(client.snapshot().leader).toBeUndefined();
  const runA = first.election(service.electionPath, { id: 'a' }).run(recorder.work, { signal: stopA.signal });
  await waitFor(() => client.snapshot().leader?.id === 'a');
  const runB = second
    .election(service.electionPath, { id: 'b' })
    .run(recorder.work, { signal: stopB.signal });
  const changes = client.changes();
  expect((await changes.next()).value).toMatchObject({
    leader: { id: 'a', host: 'a.internal', leads: true },
  });
  stopA.abort();
  await runA;
  for await (const { leader } of changes) if (leader?.id === 'b') break;
  expect(client.snapshot().instances.map(({ leads }) => leads)).toEqual([false, true]);
  stopB.abort();
  await runB;
  await waitFor(() => client.snapshot().leader === undefined);
  expect(ids(client)).toEqual(['a', 'b']);
});

test('what is not an address is set aside, and never picked or registered', async () => {
  await using discovery = await bench.first.discovery('/invalid');
  await expect(discovery.announce({ id: 'x', address: { host: 'a b', port: 1 } })).rejects.toThrow(
    /host is "a b"/,
  );
  await bench.direct.ensurePath('/invalid/instances');
  await bench.direct.create('/invalid/instances/bad', { data: '{"host":"a"}' });
  await announce(discovery, 'good');
  await waitFor(() => discovery.snapshot().invalid.join() === 'bad' && ids(discovery).join() === 'good');
  expect([0, 1, 2].map(() => discovery.pick().id)).toEqual(['good', 'good', 'good']);
});

test('instances survive an expiry of their session; while cut off the last ones known can be picked, marked as stale', async () => {
  const { first, second } = bench;
  await using service = await first.discovery('/expiry');
  await using client = await second.discovery('/expiry');
  await announce(service, 'a', 'b');
  await waitFor(() => ids(client).length === 2);
  const earlier = first.sessionId;
  await bench.expire(first);
  await waitFor(
    async () =>
      first.sessionId !== earlier &&
      (await bench.direct.exists('/expiry/instances/a'))?.ephemeralOwner === first.sessionId,
  );
  await waitFor(() => ids(client).join() === 'a,b' && !client.snapshot().stale);
  const refused = await bench.proxy.refuse();
  bench.cut(second);
  await waitFor(() => client.snapshot().stale);
  expect(client.pick({ stickyBy: 'k' }).host).toMatch(/internal/);
  await refused.lift();
  await waitFor(() => !client.snapshot().stale);
});

test('a discovery that is closed ends its changes and leaves the announcements; nothing is watched any more', async () => {
  const service = await bench.first.discovery('/closed');
  const [registration] = await announce(service, 'a');
  const changes = service.changes();
  await changes.next();
  await service.close();
  await service.close();
  while (!(await changes.next()).done);
  expect(registration!.state).toBe('registered');
  await registration!.close();
  await waitFor(async () =>
    (await bench.watchedPaths('/closed')).every(
      (path) => path.endsWith('/election') || path.endsWith('/instances'),
    ),
  );
  const aborted = AbortSignal.abort(new Error('given up'));
  await expect(bench.first.discovery('/closed', { signal: aborted })).rejects.toThrow('given up');
});
