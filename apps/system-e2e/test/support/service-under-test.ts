import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, waitFor } from '@atalaya/test-kit';
import { ApiClient } from './api-client.js';

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
  static async ingestApi(): Promise<IngestApiUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'atalaya-e2e-'));
    const api = new IngestApiUnderTest(await freePort(), folder);
    await api.ready();
    return api;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.ready();
  }

  ready(): Promise<void> {
    return Promise.resolve();
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
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve(`@atalaya/${this.app}/package.json`));
    const child = spawn(process.execPath, [join(folder, 'dist', 'main.js')], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(line));
    return child;
  }
}

export class IngestApiUnderTest extends ServiceUnderTest {
  readonly url: string;
  readonly client: ApiClient;
  readonly #folder: string;

  constructor(port: number, folder: string) {
    super('ingest-api', { PORT: String(port), DATA_DIR: folder });
    this.url = `http://127.0.0.1:${port}`;
    this.client = new ApiClient(this.url);
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
    await rm(this.#folder, { recursive: true, force: true });
  }
}
