import { pass, passUntil, useFakeClock } from './fake/fake-clock.js';
import { sessionTimeoutMs, setUpElection, takePart } from './fake/fake-election.js';
import { RecordingMeter } from './support/recording-meter.js';

useFakeClock();

test('sessions, reconnections and states are counted and reported as they come', async () => {
  const { zooKeeper, client } = setUpElection();
  const meter = new RecordingMeter();
  const metered = client(meter);
  await passUntil(() => metered.state === 'connected');
  zooKeeper.transports[0]!.cut();
  await pass(100);
  zooKeeper.transports[0]!.heal();
  await passUntil(() => metered.state === 'connected');
  expect(meter.of('sessionState')).toEqual([1, 2, 1]);
  expect(meter.of('reconnects')).toHaveLength(1);
  expect(meter.of('sessionsEstablished')).toHaveLength(1);
  zooKeeper.transports[0]!.cut();
  await pass(2 * sessionTimeoutMs);
  zooKeeper.transports[0]!.heal();
  await passUntil(() => metered.state === 'connected');
  await metered.close();
  expect(meter.of('sessionState')).toEqual([1, 2, 1, 2, 3, 1, 4]);
  expect(meter.of('reconnects')).toHaveLength(1);
  expect(meter.of('sessionsEstablished')).toHaveLength(2);
});

test('terms are measured: how long they last, how much of the lease is left at a renewal, how long nobody leads', async () => {
  const { client, candidates } = setUpElection();
  const [leaderMeter, followerMeter] = [new RecordingMeter(), new RecordingMeter()];
  const [leader, follower] = [client(leaderMeter), client(followerMeter)];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  const startedAtMs = performance.now();
  await pass(10_000);
  const beatMs = sessionTimeoutMs / 6;
  const renewals = leaderMeter.of('leaseHeadroomMs');
  expect(renewals.length).toBeGreaterThanOrEqual(9);
  for (const headroomMs of renewals.slice(1)) {
    // A lease of two thirds of the session, one heartbeat old.
    expect(Math.abs(headroomMs - (sessionTimeoutMs * (2 / 3) - beatMs))).toBeLessThan(10);
  }
  const termMs = performance.now() - startedAtMs;
  await first.stop();
  expect(leaderMeter.of('termLengthMs')).toHaveLength(1);
  expect(leaderMeter.of('termLengthMs')[0]! - termMs).toBeGreaterThanOrEqual(0);
  expect(leaderMeter.of('termLengthMs')[0]! - termMs).toBeLessThan(10);
  await passUntil(() => second.recorder.active.length === 1);
  // From the watch that reported it over three round trips of 2 ms: the listing, the leader's contact and the claim.
  expect(followerMeter.of('timeWithoutLeaderMs')).toEqual([6]);
  expect(leaderMeter.of('timeWithoutLeaderMs')).toEqual([]);
  await second.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('the watches that listeners wait on go up and down with them', async () => {
  const { client, candidates } = setUpElection();
  const meter = new RecordingMeter();
  const metered = client(meter);
  const { recorder, stop } = takePart(metered, 'a');
  await passUntil(() => recorder.terms.length === 1);
  await pass(10);
  expect(candidates()).toHaveLength(1);
  expect(meter.latest('watchesPending')).toBe(1);
  await stop();
  await pass(10);
  expect(meter.latest('watchesPending')).toBe(0);
  await metered.close();
});
