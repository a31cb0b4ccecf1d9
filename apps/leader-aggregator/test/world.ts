import { type Client, connect } from '@atalaya/coordination';
import {
  endAllProcesses,
  type RunningProcess,
  startZooKeeper,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { HttpSink } from './http-sink.js';
import { runCandidate } from './processes.js';

let worlds = 0;

/**
 * A ZooKeeper for the tests of one file. Each test asks for a {@link World} of its own.
 */
export class Stage {
  private constructor(
    readonly zookeeper: StartedZooKeeper,
    readonly observer: Client,
  ) {}

  static async open(options: { controllable?: boolean } = {}): Promise<Stage> {
    const zookeeper = await startZooKeeper(options);
    return new Stage(zookeeper, await connect({ hosts: zookeeper.connectString }));
  }

  async close(): Promise<void> {
    await this.observer.close();
    await this.zookeeper.close();
  }

  async world(env: Record<string, string> = {}): Promise<World> {
    worlds += 1;
    const root = `/leader-aggregator-${process.pid}-${worlds}`;
    const sink = await new HttpSink().start();
    return new World(this, sink, {
      ZOOKEEPER_HOSTS: this.zookeeper.connectString,
      // A busy machine lets a process wait for a second.
      ZOOKEEPER_SESSION_TIMEOUT_MS: '6000',
      SENSORS_PATH: `${root}/sensors`,
      ELECTION_PATH: `${root}/election`,
      TICK_INTERVAL_MS: '2000',
      STALE_AFTER_MS: '600000',
      INGEST_URL: sink.url,
      ...env,
    });
  }
}

export interface CandidateEnv extends Record<string, string> {
  ZOOKEEPER_HOSTS: string;
  SENSORS_PATH: string;
  ELECTION_PATH: string;
  TICK_INTERVAL_MS: string;
}

/** Sensors, candidates and an ingest API of one test. */
export class World implements AsyncDisposable {
  constructor(
    readonly stage: Stage,
    readonly sink: HttpSink,
    readonly env: CandidateEnv,
  ) {}

  get intervalMs(): number {
    return Number(this.env.TICK_INTERVAL_MS);
  }

  candidate(id: string, env: Record<string, string> = {}): RunningProcess {
    return runCandidate(id, { ...this.env, ...env });
  }

  /** Writes the znode of a sensor, of a group where the paths name it: created if missing, else set. */
  async sensor(id: string, data: string, group = ''): Promise<void> {
    const { observer } = this.stage;
    const parent = this.env.SENSORS_PATH.replaceAll('{group}', group);
    const path = `${parent}/${id}`;
    await observer.ensurePath(parent);
    if ((await observer.exists(path)) === undefined) await observer.create(path, { data });
    else await observer.set(path, data);
  }

  /** Ticks between the first and the last that was stored that are not. */
  missingTicks(): number[] {
    const { ticks } = this.sink;
    const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? 0];
    const count = Math.round((last - first) / this.intervalMs) + 1;
    const expected = Array.from({ length: count }, (_, index) => first + index * this.intervalMs);
    return expected.filter((tick) => !this.sink.stored.has(tick));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endAllProcesses();
    await this.sink[Symbol.asyncDispose]();
  }
}
