import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type PortReservation, reserveFreePort, waitFor } from '@atalaya/test-kit';
import { ApiClient } from './api-client.js';

const STORE_PROCESS = fileURLToPath(new URL('./store-process.mjs', import.meta.url));

/** One service as a process of its own, from its build. */
export class ServiceUnderTest implements AsyncDisposable {
  readonly lines: string[] = [];
  #child: ChildProcess;

  protected constructor(
    readonly app: string,
    readonly env: Readonly<Record<string, string>>,
  ) {
    this.#child = this.#spawn();
  }

  static start(app: string, env: Readonly<Record<string, string>>): ServiceUnderTest {
    return new ServiceUnderTest(app, env);
  }

  /** An ingest API on a free port with a data folder of its own, once it is ready. */
  static async ingestApi(env: Readonly<Record<string, string>> = {}): Promise<IngestApiUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-e2e-'));
    const api = new IngestApiUnderTest(await reserveFreePort(), folder, env);
    await api.ready();
    return api;
  }

  /** The embedded time series in a process of its own on a free port, as `npm run timeseries` runs it. */
  static async store(): Promise<StoreUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-e2e-'));
    const store = new StoreUnderTest(await reserveFreePort(), folder);
    await store.ready();
    return store;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it gracefully. */
  async end(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.ready();
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  protected command(): string[] {
    const require = createRequire(import.meta.url);
    return [join(dirname(require.resolve(`@atalaya/${this.app}/package.json`)), 'dist', 'main.js')];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, this.command(), {
      env: { ...process.env, ...this.env },
      // The IPC channel ends it when this process is gone.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (child.stdout === null) throw new Error('The output of the process is not piped.');
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line));
    return child;
  }
}

export class IngestApiUnderTest extends ServiceUnderTest {
  readonly url: string;
  readonly client: ApiClient;
  readonly #reservation: PortReservation;
  readonly #folder: string;

  constructor(reservation: PortReservation, folder: string, env: Readonly<Record<string, string>>) {
    const { port } = reservation;
    super('ingest-api', { ...env, PORT: String(port), DATA_DIR: folder });
    this.url = `http://127.0.0.1:${port}`;
    this.client = new ApiClient(this.url);
    this.#reservation = reservation;
    this.#folder = folder;
  }

  override async ready(): Promise<void> {
    await waitFor(async () => (await fetch(`${this.url}/readyz`)).ok, {
      timeoutMs: 30_000,
      describe: 'a ready API',
    });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.#reservation.release();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export class StoreUnderTest extends ServiceUnderTest {
  readonly url: string;
  readonly #reservation: PortReservation;
  readonly #folder: string;

  constructor(reservation: PortReservation, folder: string) {
    const { port } = reservation;
    super('store', { STORE_PORT: String(port), STORE_FOLDER: folder });
    this.url = `redis://127.0.0.1:${port}`;
    this.#reservation = reservation;
    this.#folder = folder;
  }

  override async ready(): Promise<void> {
    const { port } = new URL(this.url);
    await waitFor(
      () => this.lines.filter((line) => line === `ready on 127.0.0.1:${port}`).length > this.#ends,
      {
        timeoutMs: 30_000,
        describe: 'the store to be ready',
      },
    );
  }

  override async kill(): Promise<void> {
    await super.kill();
    this.#ends += 1;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.#reservation.release();
    await rm(this.#folder, { recursive: true, force: true });
  }

  protected override command(): string[] {
    return [STORE_PROCESS];
  }

  #ends = 0;
}
