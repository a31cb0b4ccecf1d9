import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, waitFor } from '@atalaya/test-kit';
import { reportAt, TICK_MS } from './shown-reports.js';

const BATCH = 1_000;
/** Reports with the values of all sensors are large. */
const SENSOR_BATCH = 20;
const TRIES = 30;
const RETRY_MS = 1_000;
const DAY_MS = 86_400_000;
const QUARTER_MS = 15 * 60_000;

export interface PagesSystemOptions {
  readonly sensors: number;
  /** How far back the means reach, in days. */
  readonly days: number;
  /** How far back the API's clock stands at first, in ms. */
  readonly shiftMs: number;
}

/** An ingest API with a past, whose clock can be set. */
export class PagesSystem implements AsyncDisposable {
  #shiftMs: number;

  private constructor(
    readonly url: string,
    readonly sensors: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
    shiftMs: number,
  ) {
    this.#shiftMs = shiftMs;
  }

  /** Starts one with the means of so many days, and the values of its sensors in the last 15 minutes. */
  static async start({ sensors, days, shiftMs }: PagesSystemOptions): Promise<PagesSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-pages-'));
    const port = await freePort();
    const api = dirname(createRequire(import.meta.url).resolve('@atalaya/ingest-api/package.json'));
    const child = fork(join(api, 'dist', 'main.js'), [], {
      execArgv: ['--import', new URL('./shifted-clock.js', import.meta.url).href],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...{ PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'warn', HEALTH_PORT: '' },
        CLOCK_SHIFT_MS: String(shiftMs),
      },
    });
    const system = new PagesSystem(`http://127.0.0.1:${port}`, sensors, child, folder, shiftMs);
    await waitFor(async () => (await fetch(`${system.url}/readyz`)).ok, {
      timeoutMs: 30_000,
      describe: 'the ingest API',
    });
    await system.#store(Math.ceil((days * DAY_MS - QUARTER_MS) / TICK_MS), 0, BATCH);
    await system.#store(QUARTER_MS / TICK_MS, sensors, SENSOR_BATCH);
    return system;
  }

  /** The API's time, in ms. */
  now(): number {
    return Date.now() - this.#shiftMs;
  }

  /** Sets the API's clock forward. */
  async forward(ms: number): Promise<void> {
    this.#shiftMs -= ms;
    const shifted = once(this.child, 'message');
    this.child.send({ shiftMs: this.#shiftMs });
    await shifted;
  }

  /** Stores the tick of the API's time, with the values of all sensors; resolves with its time in ms. */
  async tick(): Promise<number> {
    const timestamp = Math.floor(this.now() / TICK_MS) * TICK_MS;
    await this.#post('/api/v1/measurements', reportAt(timestamp, this.sensors));
    return timestamp;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Stores so many ticks: those without sensors up to 15 minutes ago, those with sensors up to now. */
  async #store(ticks: number, sensors: number, batch: number): Promise<void> {
    const end = Math.floor((this.now() - (sensors === 0 ? QUARTER_MS : 0)) / TICK_MS) * TICK_MS;
    const begin = end - (ticks - 1) * TICK_MS;
    for (let first = begin; first <= end; first += batch * TICK_MS) {
      const reports = [];
      for (let at = first; at <= end && at < first + batch * TICK_MS; at += TICK_MS)
        reports.push(reportAt(at, sensors));
      await this.#post('/api/v1/measurements/batch', { reports });
    }
  }

  /** Tries again where the store has no time now, as a leader does. */
  async #post(path: string, body: object, triesLeft = TRIES): Promise<void> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status === 503 && triesLeft > 0) {
      await response.body?.cancel();
      await delay(RETRY_MS);
      return this.#post(path, body, triesLeft - 1);
    }
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
    await response.body?.cancel();
  }
}
