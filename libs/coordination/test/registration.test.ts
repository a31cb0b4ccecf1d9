import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import { TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

test('a registration holds an ephemeral znode with the latest value until it is closed', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  const registration = await client.register('/sensors', { id: 's1', value: 79.5 });
  expect(registration.state).toBe('registered');
  expect((await client.get('/sensors/s1')).data.toString()).toBe('79.5');
  await registration.set(80);
  const { data, stat } = await client.get('/sensors/s1');
  expect(data.toString()).toBe('80');
  expect(stat.ephemeralOwner).toBe(client.sessionId);
  await registration.close();
  expect(await client.exists('/sensors/s1')).toBeUndefined();
  await expect(registration.set(81)).rejects.toMatchObject({ code: 'REGISTRATION_CLOSED' });
});

test('a znode deleted by others is written again with the latest value', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const [client, other] = await Promise.all([clients.connect(), clients.connect()]);
  const registration = await client.register('/sensors', { id: 's1', value: 'first' });
  await registration.set('second');
  await other.delete('/sensors/s1');
  await waitFor(async () => (await other.exists('/sensors/s1'))?.ephemeralOwner === client.sessionId);
  expect((await other.get('/sensors/s1')).data.toString()).toBe('second');
});
