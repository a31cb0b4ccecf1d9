import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@atalaya/coordination';
import { type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { type Candidate, type CandidateKind, elected, endCandidate, startCandidate } from './candidates.js';
import { continuityOf } from './continuity.js';
import type { LeaderFault } from './faults.js';
import { Receiver } from './receiver.js';

const SENSORS = 10;
const LIMIT_MS = 60_000;

/** Two candidates of one kind, one of which leads. */
export class Pair implements AsyncDisposable {
  readonly #kind: CandidateKind;
  readonly #zookeeper: StartedZooKeeper;
  readonly #cleanup = new Cleanup();
  #receiver!: Receiver;
  #client!: Client;
  #leader!: Candidate;
  #other!: Candidate;
  #started = 0;

  private constructor(
    kind: CandidateKind,
    zookeeper: StartedZooKeeper,
    private readonly tickMs: number,
  ) {
    this.#kind = kind;
    this.#zookeeper = zookeeper;
  }

  static async start(kind: CandidateKind, zookeeper: StartedZooKeeper, tickMs: number): Promise<Pair> {
    const pair = new Pair(kind, zookeeper, tickMs);
    try {
      await pair.#start();
    } catch (error) {
      await pair[Symbol.asyncDispose]();
      throw error;
    }
    return pair;
  }

  async #start(): Promise<void> {
    const hosts = this.#zookeeper.connectString;
    this.#receiver = this.#cleanup.use(await Receiver.start());
    await using root = createClient({ hosts, sessionTimeoutMs: 10_000 });
    await root.ensurePath(`${this.#kind.chroot}/sensors`);
    await root.ensurePath(`${this.#kind.chroot}/election`);
    this.#client = this.#cleanup.use(
      createClient({ hosts: `${hosts}${this.#kind.chroot}`, sessionTimeoutMs: 10_000 }),
    );
    const names = Array.from({ length: SENSORS }, (_, index) => `/sensors/sensor-${index}`);
    await Promise.all(names.map((path) => this.#client.create(path, { data: '79.5' })));
    this.#leader = await this.#startOne();
    await elected(this.#leader, 0, LIMIT_MS);
    this.#other = await this.#startOne();
  }

  /** Does this to the leader while the other candidate waits; what came of it. Both are there again when it resolves. */
  async takeover(fault: LeaderFault): Promise<Record<string, number>> {
    const [old, next] = [this.#leader, this.#other];
    await this.#bothAreCandidates();
    await this.#reports(old, 1);
    // The fault meets the leader anywhere between two ticks.
    await delay(Math.random() * this.tickMs);
    const first = Math.max(0, this.#receiver.received.length - 1);
    const position = next.process.position;
    const begun = Date.now();
    fault.inflict(old);
    const withoutLeaderMs = (await elected(next, position, LIMIT_MS)) - begun;
    await this.#reports(next, 1);
    await fault.lift(old);
    // Time for the old one to do what it should not.
    await this.#reports(next, 1);
    const continuity = continuityOf(this.#receiver.received.slice(first), {
      old: old.id,
      tickMs: this.tickMs,
    });
    await endCandidate(old);
    this.#leader = next;
    this.#other = await this.#startOne();
    return { withoutLeaderMs, ...continuity };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup[Symbol.asyncDispose]();
  }

  async #startOne(): Promise<Candidate> {
    this.#started += 1;
    const id = `candidate-${this.#started}`;
    const candidate = await startCandidate(this.#kind, id, this.#zookeeper, {
      url: this.#receiver.url,
      tickMs: this.tickMs,
    });
    this.#cleanup.defer(() => endCandidate(candidate));
    return candidate;
  }

  /** The session of one that was ended by force lasts for a while. */
  async #bothAreCandidates(): Promise<void> {
    await waitFor(async () => (await this.#client.children('/election')).length === 2, {
      timeoutMs: LIMIT_MS,
      describe: `two candidates of ${this.#kind.name}`,
    });
  }

  /** Resolves when the candidate has sent so many further reports. */
  async #reports(candidate: Candidate, count: number): Promise<void> {
    const from = this.#receiver.received.length;
    await waitFor(
      () =>
        this.#receiver.received.slice(from).filter(({ leader }) => leader === candidate.id).length >= count,
      {
        timeoutMs: LIMIT_MS,
        intervalMs: 20,
        describe: `${count} reports of ${candidate.id} (${this.#kind.name})`,
      },
    );
  }
}
