import { fileURLToPath } from 'node:url';
import {
  type FaultProxy,
  runProcess,
  type RunningProcess,
  startFaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { startApp } from '../processes.js';

export const SESSION_TIMEOUT_MS = 3_000;

/** A candidate, with a link of its own to ZooKeeper. */
export interface Candidate {
  readonly id: string;
  readonly process: RunningProcess;
  readonly proxy: FaultProxy;
}

/** What a candidate's process is started with. */
export interface CandidateSettings {
  /** Connect string, with the chroot. */
  readonly hosts: string;
  /** Where it reports. */
  readonly url: string;
  readonly tickMs: number;
}

/** How candidates of one kind are started: on a chroot of their own, reporting to one receiver. */
export interface CandidateKind {
  readonly name: string;
  readonly chroot: string;
  start(id: string, settings: CandidateSettings): RunningProcess;
}

export const ATALAYA: CandidateKind = {
  name: 'leader-aggregator',
  chroot: '/takeover-atalaya',
  start: (id, { hosts, url, tickMs }) =>
    startApp('leader-aggregator', {
      ZOOKEEPER_HOSTS: hosts,
      ZOOKEEPER_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
      INSTANCE_ID: id,
      SENSORS_PATH: '/sensors',
      ELECTION_PATH: '/election',
      TICK_INTERVAL_MS: String(tickMs),
      // The sensors of this benchmark write once.
      STALE_AFTER_MS: '86400000',
      INGEST_URL: url,
      LOG_LEVEL: 'info',
    }),
};

export const KAZOO: CandidateKind = {
  name: "kazoo's Election",
  chroot: '/takeover-kazoo',
  start: (id, { hosts, url, tickMs }) => {
    const script = fileURLToPath(new URL('../../programs/kazoo_leader.py', import.meta.url));
    const words = [
      hosts,
      id,
      `${url}/measurements`,
      String(SESSION_TIMEOUT_MS / 1_000),
      String(tickMs / 1_000),
    ];
    return runProcess('/usr/bin/python3', [script, ...words], { name: id });
  },
};

/** Starts a candidate behind a proxy of its own. */
export async function startCandidate(
  kind: CandidateKind,
  id: string,
  zookeeper: StartedZooKeeper,
  settings: Omit<CandidateSettings, 'hosts'>,
): Promise<Candidate> {
  const proxy = await startFaultProxy({ upstreams: zookeeper.servers });
  return {
    id,
    proxy,
    process: kind.start(id, { ...settings, hosts: `${proxy.connectString}${kind.chroot}` }),
  };
}

export async function endCandidate({ process, proxy }: Candidate): Promise<void> {
  await process.kill();
  await proxy.close();
}

/** When the candidate was elected, in ms of the wall clock; looks at its output from a position on. */
export async function elected({ process }: Candidate, from: number, timeoutMs: number): Promise<number> {
  const record = await process.waitForLog(({ msg }) => msg === 'Elected leader', { from, timeoutMs });
  return Date.parse(String(record.time));
}
