import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@atalaya/coordination';
import {
  FaultSchedule,
  networkFaults,
  processFaults,
  proxyFaults,
  serverFaults,
  startFaultProxy,
  startZooKeeper,
} from '@atalaya/test-kit';
import { EphemeralCensus } from './ephemeral-census.js';
import { ServerDivergence } from './server-divergence.js';
import { deletionFaults } from './deletion-faults.js';
import { FaultyPrograms } from './faulty-program.js';
import { leaseQueues } from './lease-paths.js';
import { programOf } from './program-of.js';
import { checkQuiet } from './quiet-check.js';
import { startSink } from './sink-server.js';

const ELECTION = '/election';
const SENSORS = '/sensors';
const LEASES = '/leases';
const CANDIDATES = 3;
const LEASE_PROCESSES = 3;
const SENSOR_PROCESSES = 2;
const SENSORS_EACH = 10;
/**
 * In ticks of 250 ms: a leader that is cut off from its followers goes on answering for longer than a session lasts, so
 * that what it says is put to the test.
 */
const SYNC_LIMIT = 20;
/** Of the fault in which two servers lead, relative to the other kinds: it finds its place seldom, since it takes all. */
const TWO_LEADERS_WEIGHT = 3;
/** How long it may take at most, on a busy machine, until everything is in order after the faults. */
const IN_ORDER_WITHIN_MS = 60_000;
/** How long a term lasts at most before the candidate gives it up. */
const LONGEST_TERM_MS = 6_000;

export interface RandomizedFaultsOptions {
  /** How long faults are injected. */
  durationMs: number;
  /** Repeats the faults of an earlier run. */
  seed?: number | undefined;
  sessionTimeoutMs: number;
  /** Name of the transport of all programs; `default` for the one that a client has by itself. */
  transport?: string | undefined;
  /** Whether a read that steps back within a session is a violation, or only counted; by default but for `native`. */
  stepsBackCount?: boolean | undefined;
  /**
   * Whether servers are killed and restarted; true by default. ZooKeeper 3.8 loses acknowledged transactions when a server
   * is killed while it is brought up to date, and sometimes without.
   */
  serverCrashes?: boolean | undefined;
  print: (line: string) => void;
}

export interface RandomizedFaultsResult {
  seed: number;
  /** What must not be; empty in a good run. */
  violations: string[];
  /** By kind, how often it was injected. */
  faults: Record<string, number>;
  terms: number;
  writesAccepted: number;
  /** Writes under a token that was no longer the newest. */
  writesRefused: number;
  /** The longest time between two accepted writes, with faults and all. */
  longestPauseMs: number;
  valuesSet: number;
  /** How often the servers' ephemeral znodes were looked through. */
  censuses: number;
  kills: number;
  /** Leases of locks, semaphores and read/write locks that were granted and used. */
  holds: number;
  /** Reads of something older than the session had read before. */
  stepsBack: number;
  /** Watches of all clients together after the run. */
  watches: number;
  /** Servers that lost what they had acknowledged; then the violations may be theirs. */
  divergences: string[];
}

/**
 * Candidates and sensors in processes of their own, on an ensemble of three servers, under faults that a seed decides:
 * servers are killed, stopped and paused; the links between them are cut, blocked one way and both ways, delayed and
 * stalled, and a leader is cut off while its followers are restarted, so that two lead; connections are cut, delayed, refused and half opened; replies are lost;
 * sessions expire; znodes are deleted by others; processes are stopped (SIGSTOP) and killed.
 *
 * At any time: no candidate holds that it leads after one with a greater token has; no lock, lease of a semaphore or
 * side of a read/write lock is held by more than may; no session has two places in the election; none reads what is
 * older than what it has read before; no program ends by itself. After the last fault, within two session timeouts
 * unless the machine is busy: every sensor has exactly one znode
 * with the value that was set last, no queue of a lock has a znode, every candidate has one place, one of them leads and is seen to lead, and the groups
 * show what ZooKeeper holds.
 */
export async function randomizedFaults(options: RandomizedFaultsOptions): Promise<RandomizedFaultsResult> {
  const {
    durationMs,
    seed,
    sessionTimeoutMs,
    print,
    transport = 'default',
    // The native transport does not present the last transaction that a session has seen.
    stepsBackCount = transport !== 'native',
    serverCrashes = true,
  } = options;
  await using zk = await startZooKeeper({
    servers: 3,
    partitionable: true,
    tickTimeMs: 250,
    configuration: { syncLimit: SYNC_LIMIT },
  });
  await using first = await startFaultProxy({ upstreams: zk.servers });
  await using second = await startFaultProxy({ upstreams: zk.servers });
  await using sink = await startSink();
  await using admin = await connect({ hosts: zk.connectString, sessionTimeoutMs: 10_000 });
  await admin.ensurePath(SENSORS);
  await admin.ensurePath(ELECTION);
  await admin.ensurePath(LEASES);

  await using programs = new FaultyPrograms();
  const timeout = String(sessionTimeoutMs);
  const candidates = Array.from({ length: CANDIDATES }, (_, index) => {
    const name = `candidate-${index}`;
    const { connectString } = index % 2 === 0 ? first : second;
    const words = [connectString, ELECTION, name, timeout, sink.url, String(LONGEST_TERM_MS), transport];
    return programs.start({ name, command: [programOf('candidate-process'), ...words] });
  });
  const sensors = Array.from({ length: SENSOR_PROCESSES }, (_, index) => {
    const name = `sensor-${index}`;
    const { connectString } = index % 2 === 0 ? second : first;
    const words = [
      connectString,
      SENSORS,
      ELECTION,
      name,
      String(SENSORS_EACH),
      timeout,
      sink.url,
      transport,
    ];
    return programs.start({ name, command: [programOf('sensor-process'), ...words] });
  });
  for (let index = 0; index < LEASE_PROCESSES; index++) {
    const name = `lease-${index}`;
    const { connectString } = index % 2 === 0 ? first : second;
    const words = [connectString, LEASES, name, timeout, sink.url, transport];
    programs.start({ name, command: [programOf('lease-process'), ...words] });
  }

  const lastsMs = { min: 300, max: 2 * sessionTimeoutMs };
  const schedule = new FaultSchedule({
    durationMs,
    seed,
    gapMs: { min: 300, max: 2_000 },
    maxConcurrent: 3,
    faults: [
      ...serverFaults(zk, { lastsMs }).filter(({ name }) => serverCrashes || name === 'pause server'),
      ...networkFaults(zk, { lastsMs })
        .filter(({ alsoHits }) => serverCrashes || !alsoHits)
        .map((kind) => (kind.alsoHits ? { ...kind, weight: TWO_LEADERS_WEIGHT } : kind)),
      ...proxyFaults(first, { name: 'first proxy', lastsMs }),
      ...proxyFaults(second, { name: 'second proxy', lastsMs }),
      // As many kinds for processes as for all that a proxy can do would hide them.
      ...processFaults(programs.all, { lastsMs }).map((kind) => ({ ...kind, weight: 5 })),
      ...deletionFaults(admin, [SENSORS, ELECTION]),
    ],
    log: print,
  });
  await using census = new EphemeralCensus(zk, ELECTION);
  await using divergence = new ServerDivergence(zk, print);
  const executed = await schedule.run();

  print(`faults are over; everything must get in order`);
  sink.values.freeze();
  sink.holds.freeze();
  await zk.waitUntilServing();
  await delay(2 * sessionTimeoutMs);
  const check = () =>
    checkQuiet({
      zk,
      admin,
      sink,
      electionPath: ELECTION,
      sensorsPath: SENSORS,
      candidates: candidates.map(({ name }) => name),
      sensorProcesses: sensors.map(({ name }) => name),
      sensorsEach: SENSORS_EACH,
      emptyQueues: leaseQueues(LEASES),
    });
  const quietFromMs = performance.now();
  let quiet = await check();
  // A machine that is busy takes longer; what is wrong for good is so at the end as well.
  while (quiet.violations.length > 0 && performance.now() - quietFromMs < IN_ORDER_WITHIN_MS) {
    print(`not in order yet: ${quiet.violations.join('; ')}`);
    await delay(sessionTimeoutMs);
    quiet = await check();
  }
  const faults: Record<string, number> = {};
  for (const { fault } of executed) faults[fault] = (faults[fault] ?? 0) + 1;
  return {
    seed: schedule.seed,
    violations: [
      ...sink.terms.violations,
      ...sink.terms.overlaps(),
      ...sink.holds.violations(),
      ...(stepsBackCount ? sink.stepsBack : []),
      ...sink.problems,
      ...census.violations,
      ...programs.all.flatMap(({ violations }) => violations),
      ...quiet.violations,
    ],
    faults,
    terms: sink.terms.terms,
    writesAccepted: sink.terms.accepted,
    writesRefused: sink.terms.refused,
    longestPauseMs: Math.round(sink.terms.longestPauseMs),
    valuesSet: sink.values.sets,
    censuses: census.looks,
    kills: programs.all.reduce((sum, { kills }) => sum + kills, 0),
    holds: sink.holds.holds,
    stepsBack: sink.stepsBack.length,
    watches: quiet.watches,
    divergences: [...divergence.findings.values()],
  };
}
