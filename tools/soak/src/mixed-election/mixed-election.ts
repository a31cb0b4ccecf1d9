import { fileURLToPath } from 'node:url';
import { connect } from '@atalaya/coordination';
import { runProcess, type RunningProcess, startZooKeeper, waitFor } from '@atalaya/test-kit';
import { programOf } from '../coordination/program-of.js';
import { type Sink, startSink } from '../coordination/sink-server.js';
import { seededRandom } from '../random.js';

const PATH = '/election';
const EACH_KIND = 2;
/** In how many rounds of all the leader is killed, and not one that waits. */
const LEADER_KILLED = 0.6;
/** A candidate of this library holds its term as long as it may, so that only kills change the leader. */
const TERM_MS = 3_600_000;
/** How long programs may take to start on a busy machine. */
const START_TIMEOUT_MS = 60_000;

export interface MixedElectionOptions {
  rounds: number;
  seed: number;
  sessionTimeoutMs: number;
  print: (line: string) => void;
}

export interface MixedElectionResult {
  /** What must not be; empty in a good run. */
  violations: string[];
  /** From the kill of each leader to the first claim of the next, in ms. */
  takeoversMs: number[];
  /** By kind of candidate, how often it took over. */
  takeoversBy: Record<Kind, number>;
  writesAccepted: number;
}

type Kind = 'atalaya' | 'kazoo';

interface Candidate {
  readonly kind: Kind;
  readonly id: string;
  readonly process: RunningProcess;
}

/**
 * Candidates of this library and of kazoo's `Election` on one path, killed (SIGKILL) in an order that the seed decides
 * and replaced. Never do two hold that they lead, by their tokens; after the kill of a leader the next one begins within
 * the session timeout and a second.
 */
export async function mixedElection(options: MixedElectionOptions): Promise<MixedElectionResult> {
  const { rounds, seed, sessionTimeoutMs, print } = options;
  const random = seededRandom(seed);
  // Servers expire sessions at multiples of their tick.
  await using zk = await startZooKeeper({ tickTimeMs: 200 });
  await using sink = await startSink();
  await using admin = await connect({ hosts: zk.connectString });
  await admin.ensurePath(PATH);
  const election = admin.election(PATH, { id: 'admin' });
  let started = 0;
  const start = (kind: Kind): Candidate => {
    const id = `${kind}-${(started += 1)}`;
    return { kind, id, process: startCandidate(kind, id, zk.connectString, sessionTimeoutMs, sink) };
  };
  const candidates: Candidate[] = [];
  const takeoversMs: number[] = [];
  const takeoversBy: Record<Kind, number> = { atalaya: 0, kazoo: 0 };
  const violations: string[] = [];
  try {
    for (let index = 0; index < EACH_KIND; index += 1) candidates.push(start('kazoo'), start('atalaya'));
    for (let round = 1; round <= rounds; round += 1) {
      await waitFor(
        async () => {
          const queued = new Set((await election.contenders()).map(({ id }) => id));
          return candidates.every(({ id }) => queued.has(id));
        },
        { timeoutMs: START_TIMEOUT_MS, describe: `round ${round}: all candidates to queue` },
      );
      const leader = await waitFor(() => candidates.find(({ id }) => sink.terms.latest.id === id), {
        timeoutMs: START_TIMEOUT_MS,
        describe: `round ${round}: a living candidate to lead`,
      });
      const waiting = candidates.filter((candidate) => candidate !== leader);
      const victim =
        random() < LEADER_KILLED ? leader : (waiting[Math.floor(random() * waiting.length)] ?? leader);
      const { token } = sink.terms.latest;
      const killedAtNs = process.hrtime.bigint();
      await victim.process.kill();
      if (victim === leader) {
        const next = await waitFor(() => (sink.terms.latest.token > token ? sink.terms.latest : undefined), {
          timeoutMs: START_TIMEOUT_MS,
          describe: `round ${round}: somebody to lead after ${victim.id}`,
        });
        const tookMs = Number((sink.terms.begunNs(next.token) ?? 0n) - killedAtNs) / 1e6;
        takeoversMs.push(tookMs);
        const successor = candidates.find(({ id }) => id === next.id);
        if (successor) takeoversBy[successor.kind] += 1;
        if (tookMs > sessionTimeoutMs + 1_000) {
          violations.push(
            `round ${round}: nobody led for ${Math.round(tookMs)} ms after ${victim.id} was killed`,
          );
        }
        print(
          `round ${round}: ${victim.id} led and was killed; ${String(next.id)} led ${Math.round(tookMs)} ms later`,
        );
      } else {
        print(`round ${round}: ${victim.id} waited and was killed; ${leader.id} leads`);
      }
      candidates.splice(candidates.indexOf(victim), 1, start(victim.kind));
    }
  } finally {
    await Promise.all(candidates.map((candidate) => candidate.process.kill()));
  }
  return {
    violations: [...violations, ...sink.terms.violations, ...sink.terms.overlaps()],
    takeoversMs,
    takeoversBy,
    writesAccepted: sink.terms.accepted,
  };
}

function startCandidate(
  kind: Kind,
  id: string,
  hosts: string,
  sessionTimeoutMs: number,
  sink: Sink,
): RunningProcess {
  const words = [hosts, PATH, id, String(sessionTimeoutMs), sink.url];
  if (kind === 'kazoo') {
    const program = fileURLToPath(new URL('../../programs/kazoo_candidate.py', import.meta.url));
    // Debian's kazoo belongs to Debian's Python, whichever one comes first on the path.
    return runProcess('/usr/bin/python3', [program, ...words], { name: id });
  }
  return runProcess(process.execPath, [programOf('candidate-process'), ...words, String(TERM_MS)], {
    name: id,
    env: { NODE_OPTIONS: undefined },
  });
}
